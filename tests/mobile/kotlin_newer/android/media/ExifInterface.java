package android.media;

import java.io.IOException;
import java.io.InputStream;

/** What the app calls of it, with what is newer than API 23. */
public class ExifInterface {
    public static final String TAG_ORIENTATION = "Orientation";

    /** API 24. */
    public ExifInterface(InputStream stream) throws IOException {}

    public int getAttributeInt(String tag, int fallback) {
        throw new RuntimeException();
    }
}
