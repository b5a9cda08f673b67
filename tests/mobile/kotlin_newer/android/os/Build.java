package android.os;

/** What the app reads of it, with what is newer than API 23. */
public class Build {
    public static final String HARDWARE = new String();
    public static final String MANUFACTURER = new String();
    public static final String MODEL = new String();
    public static final String[] SUPPORTED_ABIS = {};

    /** API 31. */
    public static final String SOC_MANUFACTURER = new String();

    /** API 31. */
    public static final String SOC_MODEL = new String();

    public static class VERSION {
        public static final String RELEASE = new String();
        public static final int SDK_INT = Integer.parseInt("0");
    }

    public static class VERSION_CODES {
        public static final int Q = 29;
        public static final int S = 31;
        public static final int TIRAMISU = 33;
    }
}
