package edgekit.app

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import edgekit.app.bench.Shot
import java.io.File
import java.util.Locale

/*
 * Receipts to measure with, drawn on the phone: as `edgekit/bench/receipts.py` draws its own, with another face.
 */

internal const val DRAWN = "clean print, drawn with the phone's own face: easier than photos of real receipts"
private const val MARGIN = 44f // pixels of a paper 560 wide, as LINE and TYPE
private const val LINE = 42f
private const val TYPE = 27f
private const val PAPER = 560f
private const val QUALITY = 88
private val TABLE = Color.rgb(116, 92, 70)
private val SHEET = Color.rgb(247, 245, 239)
private val INK = Color.rgb(38, 36, 40)
private val GOODS = listOf(
    "Rye bread 1kg", "Flat white", "Croissant", "Orange juice", "Olives", "Soap bar", "Tea, 20 bags", "Honey 500g",
)

private class Plan(val name: String, val width: Int, val height: Int, val goods: Int, val tilt: Float)

private val PLANS = listOf(
    Plan("short-small.jpg", 720, 960, 4, 0f),
    Plan("short-tilted.jpg", 1080, 1440, 4, 4f),
    Plan("middle.jpg", 1200, 1600, 12, 1.5f),
    Plan("long.jpg", 1080, 1920, 24, 0.5f),
    Plan("middle-photo.jpg", 3024, 4032, 12, -2f),
)

/** Where the pictures lie once they are drawn. */
internal fun benchFolder(context: Context): File = File(context.cacheDir, "bench")

/** Draws the pictures that are not in [folder] yet. */
internal fun draw(folder: File) {
    folder.mkdirs()
    for (plan in PLANS) {
        val file = File(folder, plan.name)
        if (!file.exists()) draw(plan, file)
    }
}

/** The pictures of [folder], to be read. */
internal fun drawnShots(folder: File): List<Shot> = PLANS.map { plan ->
    val bytes = File(folder, plan.name).readBytes()
    Shot(plan.name, plan.width, plan.height, bytes) { reader, most ->
        decoded(encoded(bytes, reader.decodeParams), reader.decodeParams, most)
    }
}

private fun draw(plan: Plan, file: File) {
    val bitmap = Bitmap.createBitmap(plan.width, plan.height, Bitmap.Config.ARGB_8888)
    val canvas = Canvas(bitmap)
    val lines = lines(plan.goods)
    val high = 2 * MARGIN + LINE * lines.size
    val fit = minOf(plan.width * 0.9f / PAPER, plan.height * 0.94f / high)
    canvas.drawColor(TABLE)
    canvas.translate(plan.width / 2f, plan.height / 2f)
    canvas.rotate(plan.tilt)
    canvas.scale(fit, fit)
    canvas.translate(-PAPER / 2, -high / 2)
    val pen = Paint(Paint.ANTI_ALIAS_FLAG)
    pen.color = SHEET
    canvas.drawRect(0f, 0f, PAPER, high, pen)
    pen.color = INK
    pen.textSize = TYPE
    lines.forEachIndexed { row, (left, right) ->
        val base = MARGIN + row * LINE + TYPE
        pen.textAlign = Paint.Align.LEFT
        canvas.drawText(left, MARGIN, base, pen)
        pen.textAlign = Paint.Align.RIGHT
        canvas.drawText(right, PAPER - MARGIN, base, pen)
    }
    val part = File(file.path + ".part")
    part.outputStream().use { bitmap.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }
    bitmap.recycle()
    part.renameTo(file)
}

private fun lines(goods: Int): List<Pair<String, String>> {
    val found = arrayListOf("HARBOUR LANE BAKERY" to "", "12 Harbour Lane" to "")
    found += listOf("Date 03/14/2026" to "08:41 AM", "" to "")
    var cents = 0
    for (i in 0 until goods) {
        val price = 185 + 137 * i % 900
        cents += price
        found += "${1 + i % 3} ${GOODS[i % GOODS.size]}" to money(price)
    }
    val tax = cents * 8 / 100
    found += listOf("" to "", "SUBTOTAL" to "$${money(cents)}", "SALES TAX 8.0%" to "$${money(tax)}")
    found += listOf("TOTAL" to "$${money(cents + tax)}", "" to "", "Thank you!" to "")
    return found
}

private fun money(cents: Int): String = String.format(Locale.ROOT, "%d.%02d", cents / 100, cents % 100)
