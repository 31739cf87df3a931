import Foundation
import Sennit
import Testing

struct InternalType {}
struct Outer { struct Inner {} }
struct Generic<T> {}
private struct PrivateStruct {}
private enum PrivateEnum { case a(Int) }
private final class PrivateClass {}
private struct PrivateGeneric<T> { private struct Hidden {} }

private func functionLocal() -> Any.Type {
    struct Local { var x = 1 }
    return Local.self
}

@Suite struct `Type references` {
    private func crossed(_ type: Any.Type) throws -> Any.Type {
        var writer = ByteWriter()
        try TypeReference(type).encode(into: &writer)
        let bytes = writer.bytes
        return try unsafe bytes.withUnsafeBytes {
            var reader = unsafe ByteReader($0)
            return try TypeReference(from: &reader).resolve()
        }
    }

    @Test func `types that have names are found by name`() throws {
        let types: [Any.Type] = [
            Int.self, [String: [Int]].self, InternalType.self, Outer.Inner.self, Generic<Outer>.self,
            Optional<Int>.self, (Int, String).self, URL.self, CancellationError.self, Dog.self,
        ]
        for type in types {
            #expect(try crossed(type) == type)
            guard case .mangled = try TypeReference(type) else {
                Issue.record("\(type) is not named")
                continue
            }
        }
    }

    @Test func `private and local types are found by their place`() throws {
        for type in [PrivateStruct.self, PrivateEnum.self, PrivateClass.self, functionLocal()] as [Any.Type] {
            #expect(try crossed(type) == type)
        }
    }

    @Test func `a generic type over a private type is an error that names it`() {
        for type in [Generic<PrivateStruct>.self, PrivateGeneric<Int>.self] as [Any.Type] {
            do {
                // Some runtimes find these by name, which is as good.
                #expect(try crossed(type) == type)
            } catch let error as WireError {
                #expect(error.code == .unsupported)
                #expect(error.message.contains(String(reflecting: type)))
            } catch {
                Issue.record(error)
            }
        }
    }

    @Test func `another process finds the same type`() async throws {
        let bytes: [[UInt8]] = try [
            PrivateStruct.self, PrivateEnum.self, PrivateClass.self, functionLocal(), Outer.Inner.self,
        ]
        .map { (type: Any.Type) in
            var writer = ByteWriter()
            try TypeReference(type).encode(into: &writer)
            return writer.bytes
        }
        await #expect(processExitsWith: .success) { [bytes = bytes as [[UInt8]]] in
            let types: [Any.Type] = [
                PrivateStruct.self, PrivateEnum.self, PrivateClass.self, functionLocal(), Outer.Inner.self,
            ]
            for (bytes, type) in zip(bytes, types) {
                let found = try unsafe bytes.withUnsafeBytes {
                    var reader = unsafe ByteReader($0)
                    return try TypeReference(from: &reader).resolve()
                }
                guard found == type else { exit(1) }
            }
        }
    }

    @Test func `garbage is an error`() throws {
        for reference in [
            TypeReference.mangled(""), .mangled("\u{1}abcd"), .mangled("nonsense"),
            .mangled(String(repeating: "Sa", count: 5000)),
            .indexed(-1, name: "A"), .indexed(.max, name: "A"), .indexed(3, name: "no such type"),
        ] {
            #expect(throws: WireError.self) { try reference.resolve() }
        }
        var random = SeededGenerator(state: 7)
        for type in [PrivateStruct.self, [String: Generic<Outer>].self, functionLocal()] as [Any.Type] {
            var writer = ByteWriter()
            try TypeReference(type).encode(into: &writer)
            for _ in 0..<2000 {
                let bytes = mutated(writer.bytes, &random)
                unsafe bytes.withUnsafeBytes {
                    var reader = unsafe ByteReader($0)
                    _ = try? TypeReference(from: &reader).resolve()
                }
            }
        }
    }
}
