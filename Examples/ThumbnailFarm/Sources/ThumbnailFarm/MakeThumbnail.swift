import CGraymap
import Sennit

/// A small square picture.
package struct Thumbnail: Codable, Sendable, Equatable {
    package var side: Int
    package var pixels: [UInt8]

    package init(side: Int, pixels: [UInt8]) {
        self.side = side
        self.pixels = pixels
    }
}

/// The bytes are no picture at all.
///
/// It is `Codable`, so it reaches the caller as itself.
package struct NotAGraymap: Error, Codable, Equatable {}

/// Makes the thumbnail of one file with a library that crashes on some files.
package struct MakeThumbnail: PoolTask {
    package var file: [UInt8]
    package var side: Int

    /// It changes nothing, so it may be tried again.
    ///
    /// Without this word a picture that only stood beside a bad one, in the
    /// same process, would fail with it.
    package static var isIdempotent: Bool { true }

    /// A picture that takes longer is not worth its thumbnail.
    ///
    /// This also catches an endless loop.
    package static var options: TaskOptions { TaskOptions(timeout: .seconds(20)) }

    package init(file: [UInt8], side: Int = 8) {
        self.file = file
        self.side = side
    }

    package func run(in context: NoContext) async throws -> Thumbnail {
        try file.withUnsafeBufferPointer { bytes in
            var (width, height) = (0, 0)
            let start = graymap_header(bytes.baseAddress, bytes.count, &width, &height)
            guard start > 0, let pixels = bytes.baseAddress?.advanced(by: start) else { throw NotAGraymap() }
            let cells = (0..<side * side).map { cell in
                graymap_cell(pixels, width, height, side, cell / side, cell % side)
            }
            return Thumbnail(side: side, pixels: cells)
        }
    }
}
