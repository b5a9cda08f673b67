package org.pytorch.executorch

/*
 * The part of ExecuTorch's Java API (1.5) that the adapter calls, written from its public source: its classes are in no
 * registry that this check reads. Programs are functions here, so that the adapter can be run without the engine.
 */

enum class DType { UINT8, INT32, INT64, FLOAT }

abstract class Tensor(private val shape: LongArray, private val type: DType, val data: Any) {
    fun shape(): LongArray = shape.copyOf()

    fun dtype(): DType = type

    open val dataAsFloatArray: FloatArray get() = throw IllegalStateException("no floats")

    open val dataAsIntArray: IntArray get() = throw IllegalStateException("no integers")

    open val dataAsLongArray: LongArray get() = throw IllegalStateException("no longs")

    companion object {
        @JvmStatic
        fun fromBlobUnsigned(data: ByteArray, shape: LongArray): Tensor =
            object : Tensor(checked(shape, data.size), DType.UINT8, data) {}

        @JvmStatic
        fun fromBlob(data: IntArray, shape: LongArray): Tensor =
            object : Tensor(checked(shape, data.size), DType.INT32, data) {
                override val dataAsIntArray get() = data.copyOf()
            }

        @JvmStatic
        fun fromBlob(data: LongArray, shape: LongArray): Tensor =
            object : Tensor(checked(shape, data.size), DType.INT64, data) {
                override val dataAsLongArray get() = data.copyOf()
            }

        @JvmStatic
        fun fromBlob(data: FloatArray, shape: LongArray): Tensor =
            object : Tensor(checked(shape, data.size), DType.FLOAT, data) {
                override val dataAsFloatArray get() = data.copyOf()
            }

        private fun checked(shape: LongArray, size: Int): LongArray {
            require(shape.fold(1L, Long::times) == size.toLong()) { "Inconsistent data capacity" }
            return shape
        }
    }
}

class EValue private constructor(private val value: Any?) {
    fun toTensor(): Tensor = value as? Tensor ?: throw IllegalStateException("Expected EValue type Tensor")

    companion object {
        @JvmStatic
        fun from(tensor: Tensor): EValue = EValue(tensor)

        @JvmStatic
        fun optionalNone(): EValue = EValue(null)
    }
}

/** What a fake program does, by the name of its methods. */
typealias Program = Map<String, (Array<out EValue>) -> Array<EValue>>

class Module private constructor(private val program: Program) {
    fun getMethods(): Array<String> = program.keys.toTypedArray()

    fun execute(methodName: String, vararg inputs: EValue): Array<EValue> {
        val method = program[methodName] ?: throw RuntimeException("[ExecuTorch Error 0x12] Invalid argument")
        return method(inputs)
    }

    fun destroy() {
        destroyed += 1
    }

    companion object {
        const val LOAD_MODE_FILE = 0

        /** Programs by the text of their file, and what was asked for. */
        val programs = HashMap<String, Program>()
        var threads = 0
        var destroyed = 0

        @JvmStatic
        @JvmOverloads
        fun load(modelPath: String?, loadMode: Int = LOAD_MODE_FILE, numThreads: Int = 0): Module {
            require(modelPath != null && loadMode == LOAD_MODE_FILE)
            threads = numThreads
            val text = java.io.File(modelPath).readText()
            return Module(programs[text] ?: throw RuntimeException("[ExecuTorch Error 0x23] Invalid program: $text"))
        }
    }
}
