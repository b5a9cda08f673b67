package edgekit.golden

import edgekit.Bundle
import edgekit.Session
import edgekit.Tensor
import edgekit.extract.ExtractParams
import edgekit.extract.Extractor
import edgekit.extract.How
import edgekit.extract.JOINT
import edgekit.extract.Lexicon
import edgekit.extract.NETWORKED
import edgekit.extract.PLACES
import edgekit.extract.POINTED
import edgekit.extract.Paper
import edgekit.extract.RUNGS
import edgekit.extract.Reading
import edgekit.extract.TAGS
import edgekit.extract.buildPaper
import edgekit.extract.chooseSubtotal
import edgekit.extract.chooseTax
import edgekit.extract.chooseTime
import edgekit.extract.encode
import edgekit.extract.findItems
import edgekit.extract.jointAnswers
import edgekit.extract.jointDates
import edgekit.extract.jointNames
import edgekit.extract.jointTotals
import edgekit.extract.mended
import edgekit.extract.nameEvidence
import edgekit.extract.nameFeatures
import edgekit.extract.nameSpans
import edgekit.extract.partsOf
import edgekit.extract.pointedAnswers
import edgekit.extract.pointedDate
import edgekit.extract.pointedTotal
import edgekit.extract.prefer
import edgekit.extract.rankDates
import edgekit.extract.rankNames
import edgekit.extract.rankTotals
import edgekit.extract.readingOf
import edgekit.extract.ruledAnswers
import edgekit.extract.taxCandidates
import edgekit.extract.taxPoints
import edgekit.extract.topSegments
import edgekit.extract.totalCandidates
import edgekit.extract.totalFeatures
import edgekit.extract.weightsOf

/*
 * The steps from rows of text to fields, each from a paper to plain JSON.
 *
 * A paper is a receipt as text: lines, rows, and what the extraction network says of its words.
 */
class Steps(bundle: Bundle) {
    private val params = ExtractParams(bundle.stage("extract").params)
    private val lexicon = Lexicon(bundle.readText("lexicon.json"), "lexicon.json")

    /** By the name of the case file. */
    val all: Map<String, (Any?) -> Any?> = mapOf(
        "page" to { row -> paper(row).page.let { mapOf("rows" to it.rows, "whole_prices" to it.wholePrices) } },
        "entries" to { row -> paper(row).found },
        "region" to { row -> paper(row).region },
        "arithmetic" to ::arithmetic,
        "taxes" to ::taxes,
        "names" to ::names,
        "days" to ::days,
        "words" to ::words,
        "reading" to ::reading,
        "joint_points" to ::jointPoints,
        "answers" to ::answers,
        "fields" to ::fields,
    )

    private fun lines(row: Any?) = row.at("lines").list().map { lineOf(it) }

    private fun rows(row: Any?) = row.at("rows").list().map { found -> found.list().map { it.int() } }

    private fun paper(row: Any?, rung: String = JOINT): Paper =
        buildPaper(lines(row), rows(row), lexicon, weightsOf(rung, params))

    private fun scores(row: Any?): FloatArray =
        row.at("scores").list().flatMap { word -> word.list().map { it.double().toFloat() } }.toFloatArray()

    private fun readingFor(row: Any?, paper: Paper): Reading =
        readingOf(encode(paper.page, paper.found, lexicon).spans, scores(row))

    private fun arithmetic(row: Any?): Any {
        val paper = paper(row)
        val rows = paper.page.rows.size
        return mapOf(
            "parts" to partsOf(paper.found),
            "candidates" to totalCandidates(paper.found).map { it.text },
            "features" to totalFeatures(paper.found, rows, params.tall),
            "ranked" to rankTotals(paper.found, rows, paper.weights)
                .map { listOf(it.entry.text, it.score, it.proved, it.repeated) },
        )
    }

    private fun taxes(row: Any?): Any {
        val paper = paper(row)
        val values = totalCandidates(paper.found).map { it.amount.value }
        val totals = listOf(null) + values.distinctBy { it.stripTrailingZeros() }
        return totals.take(12).map { total ->
            val tax = chooseTax(paper.found, total, params)
            mapOf(
                "total" to total,
                "tax" to tax?.let { listOf(it.value, it.entries.map { entry -> entry.text }, it.proved) },
                "subtotal" to chooseSubtotal(paper.found, total, tax?.value)?.text,
            )
        }
    }

    private fun names(row: Any?): Any {
        val paper = paper(row)
        val segments = topSegments(paper.page, lexicon, params)
        return mapOf(
            "spans" to nameSpans(segments),
            "features" to nameFeatures(segments, paper.page),
            "ranked" to rankNames(paper.page, lexicon, paper.weights),
            "mended" to segments.map { mended(it.text, lexicon) },
        )
    }

    private fun days(row: Any?): Any {
        val paper = paper(row)
        val ranked = rankDates(paper.page, lexicon, params)
        val preferred = if (ranked.isEmpty()) null else prefer(ranked, paper.region.orders, params)
        return mapOf(
            "ranked" to ranked.map { listOf(it.printed.readings, it.row.index, it.score, it.anchored) },
            "preferred" to preferred?.let { listOf(it.days, it.decided) },
            "time" to chooseTime(paper.page, ranked.firstOrNull()?.row?.index)?.printed,
        )
    }

    private fun words(row: Any?): Any {
        val paper = paper(row)
        val found = encode(paper.page, paper.found, lexicon)
        return mapOf(
            "bucket" to found.bucket,
            "spans" to found.spans,
            "chars" to found.spans.indices.map { found.chars.copyOfRange(it * 16, it * 16 + 16) },
            "places" to found.spans.indices.map { word ->
                PLACES.indices.filter { found.places[word * PLACES.size + it] != 0f }
                    .associate { Pair(PLACES[it], found.places[word * PLACES.size + it]) }
            },
        )
    }

    private fun reading(row: Any?): Any {
        val paper = paper(row)
        val found = readingFor(row, paper)
        return mapOf(
            "odds" to found.odds.mapValues { it.value.take(20) },
            "shares" to found.shares.mapValues { it.value.take(20) },
            "none" to POINTED.associateWith { found.none(it) },
            "best" to POINTED.associateWith { found.best(it) },
            "items" to findItems(paper.page, found),
        )
    }

    private fun jointPoints(row: Any?): Any {
        val paper = paper(row)
        val found = readingFor(row, paper)
        val totals = jointTotals(paper, found, findItems(paper.page, found))
        val named = jointNames(paper, found)
        val dated = jointDates(paper, found)
        val total = totals.firstOrNull()?.entry?.amount?.value
        return mapOf(
            "totals" to totals.map { listOf(it.entry.text, it.score, it.proved) },
            "total_evidence" to pointedTotal(paper, found, totals),
            "names" to named,
            "name_evidence" to nameEvidence(paper, found, named),
            "dates" to dated.map { listOf(it.printed.readings, it.score) },
            "date_evidence" to pointedDate(found, dated),
            "taxes" to taxCandidates(paper, found, total)
                .map { listOf(it.tax.value, it.tax.proved, it.ruled, taxPoints(paper, found, it)) },
        )
    }

    private fun answers(row: Any?): Any = RUNGS.associateWith { rung ->
        val paper = paper(row, rung)
        if (rung !in NETWORKED) {
            ruledAnswers(paper)
        } else {
            val said = readingFor(row, paper)
            if (rung == JOINT) jointAnswers(paper, said, findItems(paper.page, said)) else pointedAnswers(paper, said)
        }
    }

    private fun fields(row: Any?): Any = RUNGS.associateWith { rung ->
        val session = if (rung in NETWORKED) Told(scores(row)) else null
        val found = Extractor(params, lexicon, How(rung, 0.02), session).extract(lines(row), rows(row))
        mapOf(
            "fields" to found.fields.byName.mapValues { it.value?.toMap() },
            "items" to found.items.map { it.toMap() },
        )
    }
}

/** A session that says what a paper holds. */
private class Told(private val scores: FloatArray) : Session {
    override fun run(vararg inputs: Tensor): List<Tensor> {
        val bucket = inputs[0].shape[1]
        val padded = scores.copyOf(bucket * TAGS.size)
        return listOf(Tensor.Floats(intArrayOf(1, bucket, TAGS.size), padded))
    }
}
