// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ThumbnailFarm",
    platforms: [.macOS(.v15)],
    // The executor alone: without traits, two packages are resolved.
    dependencies: [.package(name: "sennit", path: "../..", traits: [])],
    targets: [
        // Stands for any C library that takes its input's word for things.
        .target(name: "CGraymap"),
        .target(name: "ThumbnailFarm", dependencies: ["CGraymap", .product(name: "Sennit", package: "sennit")]),
        .executableTarget(name: "thumbnail-farm", dependencies: ["ThumbnailFarm"]),
        .testTarget(name: "ThumbnailFarmTests", dependencies: ["ThumbnailFarm"]),
    ]
)
