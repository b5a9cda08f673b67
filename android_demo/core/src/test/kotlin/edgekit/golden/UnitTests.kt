package edgekit.golden

import edgekit.Bundle
import edgekit.BundleError
import edgekit.DecodeParams
import edgekit.EdgeKitError
import edgekit.ImageTooLargeError
import edgekit.IntegrityError
import edgekit.MANIFEST_NAME
import edgekit.ManifestError
import edgekit.MissingGraphError
import edgekit.Picture
import edgekit.UsageError
import edgekit.drawn
import edgekit.extract.How
import edgekit.floatText
import edgekit.loadJson
import edgekit.photo
import java.io.File
import java.nio.file.Files
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import kotlin.reflect.KClass

/*
 * What golden cases cannot say: bundles that are damaged on disk, limits, orientation, errors.
 */
fun unitTests(suite: Suite, bundle: Bundle, golden: File) {
    bundles(suite, bundle)
    pictures(suite, bundle)
    texts(suite)
    suite.test("a difference is found") {
        check(difference(plain(listOf(1.0, "x", 2)), plain(listOf(1.0000001, "x", 2)), 1e-6) == null)
        for ((a, b) in listOf(1 to 2, 1 to 1.0, "a" to "b", listOf(1) to listOf(1, 2), true to 1)) {
            check(difference(plain(a), plain(b), 1e-6) != null) { "$a and $b" }
        }
        check(golden.isDirectory)
    }
}

private fun bundles(suite: Suite, bundle: Bundle) {
    suite.test("a zip of a bundle is that bundle") {
        val zip = Files.createTempFile("bundle", ".zip").toFile()
        ZipOutputStream(zip.outputStream()).use { out ->
            for (file in bundle.path.listFiles()!!) {
                out.putNextEntry(ZipEntry("inside/${file.name}"))
                out.write(file.readBytes())
            }
        }
        check(Bundle(zip).digest == bundle.digest)
        zip.writeBytes(zip.readBytes().copyOf(1000))
        refused<BundleError>("not a zip") { Bundle(zip) }
        zip.delete()
    }
    damaged<IntegrityError>(suite, bundle, "an altered file", "SHA-256") { folder ->
        val file = File(folder, "lexicon.json")
        file.writeBytes(file.readBytes().also { it[20] = 'x'.code.toByte() })
    }
    damaged<IntegrityError>(suite, bundle, "a file cut short", "bytes, not") { folder ->
        File(folder, "charset.txt").writeText("a\n")
    }
    damaged<IntegrityError>(suite, bundle, "a missing file", "missing: 'NOTICE'") { File(it, "NOTICE").delete() }
    damaged<IntegrityError>(suite, bundle, "a file not listed", "not listed in the manifest: 'more.txt'") {
        File(it, "more.txt").writeText("more")
    }
    damaged<IntegrityError>(suite, bundle, "a link", "symbolic link") {
        File(it, "NOTICE").delete()
        Files.createSymbolicLink(File(it, "NOTICE").toPath(), File(bundle.path, "NOTICE").absoluteFile.toPath())
    }
    damaged<BundleError>(suite, bundle, "no manifest", "has no manifest.json") { File(it, MANIFEST_NAME).delete() }
    damaged<ManifestError>(suite, bundle, "bytes that are no text", "not UTF-8 (byte 1)") {
        File(it, MANIFEST_NAME).writeBytes(byteArrayOf('{'.code.toByte(), -1, -2))
    }
    suite.test("no bundle") { refused<BundleError>("no such bundle") { Bundle(File("nowhere")) } }
    suite.test("a graph that is not there") {
        val problem = "stage 'detect' has no graph for onnxruntime int4: it has onnxruntime fp32"
        refused<MissingGraphError>(problem) { bundle.graph("detect", "onnxruntime", "int4") }
        refused<ManifestError>("no stage 'x'") { bundle.stage("x") }
        refused<IntegrityError>("'x' is not a file of this bundle") { bundle.read("x") }
    }
}

private inline fun <reified E : EdgeKitError> damaged(
    suite: Suite,
    bundle: Bundle,
    name: String,
    said: String,
    crossinline damage: (File) -> Unit,
) = suite.test("a bundle with $name is refused") {
    val folder = Files.createTempDirectory("bundle").toFile()
    bundle.path.copyRecursively(folder, overwrite = true)
    damage(folder)
    refused<E>(said) { Bundle(folder) }
    folder.deleteRecursively()
}

internal inline fun <reified E : EdgeKitError> refused(said: String, run: () -> Unit) {
    val error = try {
        run()
        null
    } catch (error: EdgeKitError) {
        error
    }
    val wanted: KClass<*> = E::class
    check(error is E) { "${wanted.java.simpleName} was expected, not $error" }
    check(said in error.message.orEmpty()) { "\"${error.message}\" does not say \"$said\"" }
}

private fun pictures(suite: Suite, bundle: Bundle) {
    val params = DecodeParams(bundle.stage("image").params)
    // Where each EXIF orientation says that the pixels of `ab / cd / ef`, as stored, are shown.
    val shown = mapOf(
        1 to "ab cd ef", 2 to "ba dc fe", 3 to "fe dc ba", 4 to "ef cd ab",
        5 to "ace bdf", 6 to "eca fdb", 7 to "fdb eca", 8 to "bdf ace", 9 to "ab cd ef",
    )
    for ((orientation, expected) in shown) {
        suite.test("orientation $orientation") {
            val stored = Picture(2, 3, "abcdef".map { it.code }.toIntArray())
            val found = photo(stored, params, orientation)
            check(rows(found.picture) == expected) { rows(found.picture) }
            check(found.width == found.picture.width && found.height == found.picture.height)
        }
    }
    suite.test("a picture over the limits") {
        refused<ImageTooLargeError>("x.jpg: over the limit of 67,108,864 bytes") {
            params.check("x.jpg", 1L shl 27, 1, 1)
        }
        refused<ImageTooLargeError>("20,000 x 20,000 pixels") { params.check("x.jpg", 9, 20000, 20000) }
        params.check("x.jpg", 1L shl 20, 4000, 3000)
    }
    suite.test("a picture has as many pixels as it says") {
        val refused = try {
            Picture(2, 2, IntArray(3))
            false
        } catch (_: IllegalArgumentException) {
            true
        }
        check(refused && drawn(1, 1) { _, _ -> 7 }.pixels[0] == 7)
    }
}

private fun rows(picture: Picture): String =
    picture.pixels.map { it.toChar() }.joinToString("").chunked(picture.width).joinToString(" ")

private fun texts(suite: Suite) {
    suite.test("floats are spelt as Python spells them") {
        val spelt = mapOf(
            0.1 to "0.1", 1.0 to "1.0", -0.0 to "-0.0", 1e16 to "1e+16", 123456789012345.6 to "123456789012345.6",
            1e-4 to "0.0001", 1.5e-5 to "1.5e-05", 5e-324 to "5e-324", 0.30000000000000004 to "0.30000000000000004",
            1.7976931348623157e308 to "1.7976931348623157e+308", 2e-3 to "0.002", 100.0 to "100.0",
        )
        for ((value, text) in spelt) check(floatText(value) == text) { "${floatText(value)} is not $text" }
    }
    val broken = mapOf(
        "[1, 2" to "not JSON", "[01]" to "not JSON", "{\"a\": 1,}" to "not JSON", "[1] 2" to "not JSON",
        "\"\u0001\"" to "not JSON", "[1e999]" to "1e999 is not a finite number",
        "{\"a\": 1, \"a\": 2}" to "'a' appears twice",
        "\"\\ud800\"" to "half of a surrogate pair", "[".repeat(9999) to "nested too deeply", "" to "not JSON",
    )
    for ((text, said) in broken) {
        suite.test("JSON: ${text.take(20)}") { refused<ManifestError>(said) { loadJson(text, "x.json") } }
    }
    suite.test("a rung that is not there") {
        refused<UsageError>("extractor='x': choose one of rules, classical, network, joint") { How("x") }
        for (error in listOf(0.0, 1.0, Double.NaN)) refused<UsageError>("give a share") { How(reviewError = error) }
    }
}
