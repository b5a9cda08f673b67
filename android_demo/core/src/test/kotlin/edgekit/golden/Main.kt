package edgekit.golden

import edgekit.Bundle
import edgekit.parseJson
import edgekit.writeJson
import java.io.File
import kotlin.system.exitProcess

/*
 * Runs every golden case and every unit test; prints what failed, and `N passed, N failed`.
 *
 * Arguments: the folder of the golden cases, the folder of the bundle.
 */
fun main(arguments: Array<String>) {
    val suite = Suite()
    val golden = File(arguments[0])
    val bundle = Bundle(File(arguments[1]))
    val manifest = read(File(golden, "manifest.json"))
    val tolerance = manifest.at("tolerance").double()
    suite.test("the cases were made with this bundle") {
        check(manifest.at("bundle") == bundle.digest) { "they were not: python tests/golden/write.py" }
    }
    val ran = HashMap<String, Int>()
    functions(suite, golden, bundle, tolerance, ran)
    steps(suite, golden, bundle, tolerance, ran)
    receipts(suite, golden, bundle, ran)
    suite.test("every case ran") {
        val expected = manifest.at("cases") as Json
        val problem = difference(plain(ran), expected, 0.0)
        check(problem == null) { "$problem" }
    }
    unitTests(suite, bundle, golden)
    rereadTests(suite, bundle)
    println("golden cases: ${ran.values.sum()}")
    println("${suite.passed} passed, ${suite.failed} failed")
    exitProcess(if (suite.failed == 0 && suite.passed > 0) 0 else 1)
}

fun read(file: File): Any? = parseJson(file.readText())

/** Counts tests that pass and fail; an exception fails one. */
class Suite {
    var passed = 0
    var failed = 0

    fun test(name: String, run: () -> Unit) {
        try {
            run()
            passed += 1
        } catch (error: Throwable) { // whatever a test throws is that test's failure
            failed += 1
            val where = error.stackTrace.firstOrNull { it.className.startsWith("edgekit.") }
            println("FAILED $name: $error${if (error is IllegalStateException) "" else " ($where)"}")
        }
    }
}

private fun functions(suite: Suite, golden: File, bundle: Bundle, tolerance: Double, ran: MutableMap<String, Int>) {
    for ((name, function) in Functions(bundle).all) {
        val cases = read(File(golden, "cases/$name.json")).list()
        cases.forEachIndexed { number, case ->
            suite.test("$name[$number] ${writeJson(case.at("in")).take(80)}") {
                expect(plain(function(case.at("in"))), case.at("out"), tolerance)
            }
        }
        ran["cases/$name"] = cases.size
    }
}

private fun steps(suite: Suite, golden: File, bundle: Bundle, tolerance: Double, ran: MutableMap<String, Int>) {
    val papers = read(File(golden, "papers.json")).list()
    for ((name, step) in Steps(bundle).all) {
        val cases = read(File(golden, "cases/$name.json")).list()
        for (case in cases) {
            val paper = case.at("paper").int()
            suite.test("$name of paper $paper") { expect(plain(step(papers[paper])), case.at("out"), tolerance) }
        }
        ran["cases/$name"] = cases.size
    }
}

private fun receipts(suite: Suite, golden: File, bundle: Bundle, ran: MutableMap<String, Int>) {
    val pictures = File(golden, "receipts").listFiles { file -> file.extension == "png" }!!.sorted()
    for (picture in pictures) {
        suite.test("receipt ${picture.nameWithoutExtension} from its tape") {
            val case = read(File(picture.path.removeSuffix("png") + "json"))
            val found = replayed(bundle, picture, case)
            expect(parseJson(found), case.at("taped"), 0.0)
            check(found == writeJson(case.at("taped"))) { "the JSON is spelt otherwise" }
        }
        ran["receipts/${picture.nameWithoutExtension}"] = 1
    }
}

private fun expect(found: Any?, expected: Any?, tolerance: Double) {
    val problem = difference(found, expected, tolerance)
    check(problem == null) { "$problem" }
}
