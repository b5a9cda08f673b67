package edgekit

/*
 * Reading again: the first lines of a page, where the recogniser is unsure of them, by a larger one.
 *
 * Names of shops stand at the top, in any lettering, and that is what a small recogniser reads worst; a larger one for
 * all lines would take several times as long. This is a cascade (Viola and Jones, 2001) of two recognisers.
 */

/** The stage that does this, where a bundle has it. */
const val REREAD = "reread"

/**
 * Constants of reading again.
 *
 * [lines]: how many lines, in reading order from the top, may be read again. [confidence]: of a line from which it is
 * not. [most]: the most that are. [batch]: most crops in one run: the network is large, and so is what it keeps in
 * memory of a long line. Of its precision, see [Stage.precision].
 */
class RereadParams(node: Node) {
    private val members = node.members(listOf("lines", "confidence", "most", "batch", "precision"))
    val lines = members.getValue("lines").integer(0)
    val confidence = members.getValue("confidence").number()
    val most = members.getValue("most").integer(0)
    val batch = members.getValue("batch").integer(1)

    init {
        members.getValue("precision").text()
    }
}

/** Reads doubtful lines again, and keeps of both readings the one that is surer. */
class Rereader(private val recognizer: Recognizer, private val params: RereadParams) {
    /**
     * The lines, some with another text and confidence.
     *
     * [lines]: with quads in pixels of the picture. [order]: their indices in reading order.
     */
    fun read(picture: Picture, lines: List<TextLine>, order: List<Int>): List<TextLine> {
        val doubtful = order.take(params.lines).filter { lines[it].confidence < params.confidence }.take(params.most)
        val again = recognizer.read(picture, doubtful.map { lines[it].quad })
        val read = lines.toMutableList()
        for ((i, line) in doubtful.zip(again)) {
            if (line.text.isNotEmpty() && line.confidence > read[i].confidence) read[i] = line
        }
        return read
    }
}
