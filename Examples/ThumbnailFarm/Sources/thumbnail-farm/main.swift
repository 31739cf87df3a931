// Prints a thumbnail of each graymap named as an argument; with none, of a few made here, one of them broken.
import Foundation
import ThumbnailFarm

let shades = Array(" .:-=+*#%@")
var files: [(name: String, bytes: [UInt8])] = try CommandLine.arguments.dropFirst().map { path in
    (path, [UInt8](try Data(contentsOf: URL(filePath: path))))
}
if files.isEmpty {
    let ramp = (0..<64 * 64).map { UInt8($0 % 64 * 4) }
    files = [
        ("ramp", Array("P5 64 64 255\n".utf8) + ramp),
        // It says that it has 900 million pixels, and has none.
        ("broken", Array("P5 30000 30000 255\n".utf8)),
        ("text", Array("no picture".utf8)),
    ]
}

let result = try await harvest(files)
for (name, thumbnail) in result.thumbnails.sorted(by: { $0.key < $1.key }) {
    print(name)
    for row in 0..<thumbnail.side {
        let pixels = thumbnail.pixels[row * thumbnail.side..<(row + 1) * thumbnail.side]
        print("  " + String(pixels.map { shades[Int($0) * shades.count / 256] }))
    }
}
for name in result.refused { print("\(name): not a graymap") }
for (name, poison) in result.quarantined.sorted(by: { $0.key < $1.key }) {
    print("\(name): quarantined after \(poison.deaths) crashes, the last by \(poison.lastDeath.exitStatus)")
}
for (name, error) in result.failed { print("\(name): \(error)") }
print("\(result.workersLost) workers lost; this process is as well as ever")
