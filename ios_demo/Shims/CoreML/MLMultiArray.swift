public enum MLMultiArrayDataType: Int, Sendable {
    case double = 0x10040
    case float32 = 0x10020
    case float16 = 0x10010
    case int32 = 0x20020
}

public protocol MLShapedArrayScalar {}
extension Float: MLShapedArrayScalar {}
extension Double: MLShapedArrayScalar {}
extension Int32: MLShapedArrayScalar {}

/// Numbers of 32 bits. Rows may be longer than the shape says, as they are on a device.
open class MLMultiArray {
    public let shape: [NSNumber]
    public let strides: [NSNumber]
    public let dataType: MLMultiArrayDataType
    private let bytes: UnsafeMutableRawBufferPointer

    public convenience init(shape: [NSNumber], dataType: MLMultiArrayDataType) throws {
        self.init(shape: shape, dataType: dataType, padding: 0)
    }

    /// - Parameter padding: numbers at the end of each row that are none of the array's.
    public init(shape: [NSNumber], dataType: MLMultiArrayDataType, padding: Int) {
        self.shape = shape
        self.dataType = dataType
        var strides: [Int] = []
        var step = 1
        for (i, side) in shape.map(\.intValue).reversed().enumerated() {
            strides.insert(step, at: 0)
            step *= side + (i == 0 ? padding : 0)
        }
        self.strides = strides.map { NSNumber(value: $0) }
        bytes = .allocate(byteCount: 4 * step, alignment: 16)
    }

    deinit { bytes.deallocate() }

    public func withUnsafeBufferPointer<S: MLShapedArrayScalar, R>(
        ofType type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> R
    ) rethrows -> R {
        try body(UnsafeBufferPointer(bytes.bindMemory(to: type)))
    }

    public func withUnsafeMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer, [Int]) throws -> R
    ) rethrows -> R {
        try body(bytes, strides.map(\.intValue))
    }
}
