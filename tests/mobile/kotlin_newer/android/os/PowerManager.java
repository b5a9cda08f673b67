package android.os;

/** What the app calls of it, with what is newer than API 23. */
public class PowerManager {
    public static final int THERMAL_STATUS_NONE = 0;

    PowerManager() {}

    /** API 29. */
    public int getCurrentThermalStatus() {
        throw new RuntimeException();
    }
}
