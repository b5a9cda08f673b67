package edgekit.app

import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executors

/** Where a [Task] is. */
internal sealed class State<out T> {
    /** [share]: 0..1 of the work; 0 until it tells. */
    class Running(val share: Double) : State<Nothing>()

    class Done<T>(val result: T) : State<T>()

    class Failed(val error: Throwable) : State<Nothing>()
}

/**
 * Work off the main thread, one task of the process at a time, begun at once.
 *
 * An activity hands its task on to the one that replaces it when the screen turns
 * (`onRetainNonConfigurationInstance`), watches it from `onStart`, and lets go in `onStop`: nothing is begun twice, told
 * to a screen that is gone, or keeps one from being freed. [watch], [cancel]: on the main thread.
 */
internal class Task<T>(work: (Task<T>) -> T) {
    private var state: State<T> = State.Running(0.0)
    private var watcher: ((State<T>) -> Unit)? = null

    /** The work is not wanted any more; long work asks. */
    @Volatile
    var cancelled = false
        private set

    init {
        WORKER.execute {
            val end = try {
                if (cancelled) null else State.Done(work(this))
            } catch (error: Exception) {
                State.Failed(error)
            } catch (error: LinkageError) { // the engine's library is not for this processor
                State.Failed(error)
            } catch (error: OutOfMemoryError) { // of one picture: what it held is free again
                State.Failed(error)
            }
            if (end != null) tell(end)
        }
    }

    /** Tells [watcher] the state now and whenever it changes; null: nobody. */
    fun watch(watcher: ((State<T>) -> Unit)?) {
        this.watcher = watcher
        watcher?.invoke(state)
    }

    fun cancel() {
        cancelled = true
    }

    /** From the work: how much of it is done, 0..1. */
    fun reach(share: Double) = tell(State.Running(share))

    private fun tell(next: State<T>) {
        MAIN.post {
            state = next
            watcher?.invoke(next)
        }
    }

    private companion object {
        val MAIN = Handler(Looper.getMainLooper())
        val WORKER = Executors.newSingleThreadExecutor()
    }
}
