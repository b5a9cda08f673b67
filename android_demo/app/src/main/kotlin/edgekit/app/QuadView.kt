package edgekit.app

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.graphics.RectF
import android.util.AttributeSet
import android.view.View
import edgekit.Receipt

/** A receipt's photo with the lines that were read; those of the chosen field stand out. */
class QuadView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var bitmap: Bitmap? = null
    private var receipt: Receipt? = null
    private val photo = Paint(Paint.FILTER_BITMAP_FLAG)
    private val outline = outline(R.color.line, R.dimen.line_width)
    private val chosen = outline(R.color.line_chosen, R.dimen.line_chosen_width)
    private val path = Path()
    private val place = RectF()

    /** Indices into the receipt's lines. */
    var marked: Set<Int> = emptySet()
        set(value) {
            field = value
            invalidate()
        }

    fun show(bitmap: Bitmap, receipt: Receipt) {
        this.bitmap = bitmap
        this.receipt = receipt
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val bitmap = bitmap ?: return
        val receipt = receipt ?: return
        val fit = Fit(receipt.width, receipt.height, width, height)
        place.set(fit.left.toFloat(), fit.top.toFloat(), fit.right.toFloat(), fit.bottom.toFloat())
        canvas.drawBitmap(bitmap, null, place, photo)
        receipt.lines.forEachIndexed { i, line ->
            path.rewind()
            val corners = fit.place(line.quad).points
            path.moveTo(corners[0].x.toFloat(), corners[0].y.toFloat())
            for (corner in corners.drop(1)) path.lineTo(corner.x.toFloat(), corner.y.toFloat())
            path.close()
            canvas.drawPath(path, if (i in marked) chosen else outline)
        }
    }

    private fun outline(color: Int, width: Int) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeJoin = Paint.Join.ROUND
        this.color = context.getColor(color)
        strokeWidth = resources.getDimension(width)
    }
}
