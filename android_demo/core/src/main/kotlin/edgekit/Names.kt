package edgekit

import java.util.regex.Pattern

/*
 * Which names a bundle's files may have: those that mean the same file on every system.
 */

const val MANIFEST_NAME = "manifest.json"
private const val SEGMENT = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
private val PATH = Pattern.compile("$SEGMENT(?:/$SEGMENT)*")
private const val LONGEST_NAME = 240 // characters; Windows' 260 for a whole path leave room for little more

/** Whether [name] is a relative, normalised path of plain ASCII: no `..`, drive letter, backslash or NUL. */
fun isPortable(name: String): Boolean = PATH.matcher(name).matches() && name.length <= LONGEST_NAME

/** Whether [name] may name a file that a manifest lists: portable, and not the manifest itself. */
fun isSafeName(name: String): Boolean = isPortable(name) && name.lowercase() != MANIFEST_NAME

/** Two names that differ only in case, or of which one lies inside the other; null where there are none. */
fun collision(names: Iterable<String>): Pair<String, String>? {
    val seen = LinkedHashMap<String, String>()
    for (name in names) {
        seen[name.lowercase()]?.let { return Pair(it, name) }
        seen[name.lowercase()] = name
    }
    for ((lower, name) in seen) {
        var parent = lower.substringBeforeLast('/', "")
        while (parent.isNotEmpty()) {
            seen[parent]?.let { return Pair(it, name) }
            parent = parent.substringBeforeLast('/', "")
        }
    }
    return null
}
