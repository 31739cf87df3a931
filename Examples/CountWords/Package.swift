// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "CountWords",
    platforms: [.macOS(.v15)],
    // The executor alone: without traits, two packages are resolved.
    dependencies: [.package(name: "sennit", path: "../..", traits: [])],
    targets: [
        .target(name: "CountWords", dependencies: [.product(name: "Sennit", package: "sennit")]),
        .executableTarget(name: "count-words", dependencies: ["CountWords"]),
        .testTarget(name: "CountWordsTests", dependencies: ["CountWords"]),
    ]
)
