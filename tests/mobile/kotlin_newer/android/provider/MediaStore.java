package android.provider;

/** What the app names of it, with what is newer than API 23. */
public final class MediaStore {
    public static final String ACTION_IMAGE_CAPTURE = "android.media.action.IMAGE_CAPTURE";
    public static final String EXTRA_OUTPUT = "output";

    /** API 33. */
    public static final String ACTION_PICK_IMAGES = "android.provider.action.PICK_IMAGES";
}
