// swift-format-ignore-file: names and initialisers are those of Apple

/// What ReceiptCoreML uses of Apple's CoreVideo, for Linux: pictures of four bytes a pixel, in plain memory. Rows are
/// longer than their pixels, as they often are on a device.
@_exported import AppleFoundation

public typealias CVReturn = Int32
public let kCVReturnSuccess: CVReturn = 0
public let kCVReturnInvalidArgument: CVReturn = -6661
public let kCVPixelFormatType_32BGRA: OSType = 0x4247_5241
public let kCVPixelBufferIOSurfacePropertiesKey: CFString = "IOSurfaceProperties"

public final class CVBuffer {
    let width: Int
    let height: Int
    let rowBytes: Int
    let start: UnsafeMutableRawPointer

    init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
        rowBytes = 4 * width + 64
        start = .allocate(byteCount: rowBytes * height, alignment: 64)
    }

    deinit { start.deallocate() }
}

public typealias CVPixelBuffer = CVBuffer

public struct CVPixelBufferLockFlags: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

public func CVPixelBufferCreate(
    _ allocator: CFAllocator?, _ width: Int, _ height: Int, _ pixelFormatType: OSType,
    _ pixelBufferAttributes: CFDictionary?, _ pixelBufferOut: UnsafeMutablePointer<CVPixelBuffer?>
) -> CVReturn {
    guard pixelFormatType == kCVPixelFormatType_32BGRA, width > 0, height > 0 else { return kCVReturnInvalidArgument }
    pixelBufferOut.pointee = CVBuffer(width, height)
    return kCVReturnSuccess
}

public func CVPixelBufferLockBaseAddress(_ pixelBuffer: CVPixelBuffer, _ lockFlags: CVPixelBufferLockFlags) -> CVReturn
{
    kCVReturnSuccess
}

@discardableResult
public func CVPixelBufferUnlockBaseAddress(
    _ pixelBuffer: CVPixelBuffer, _ unlockFlags: CVPixelBufferLockFlags
) -> CVReturn {
    kCVReturnSuccess
}

public func CVPixelBufferGetBaseAddress(_ pixelBuffer: CVPixelBuffer) -> UnsafeMutableRawPointer? { pixelBuffer.start }
public func CVPixelBufferGetBytesPerRow(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.rowBytes }
public func CVPixelBufferGetWidth(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.width }
public func CVPixelBufferGetHeight(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.height }
