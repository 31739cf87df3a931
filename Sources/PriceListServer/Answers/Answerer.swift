import ByteText
import CloudPrices
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Finds the list that a request asks for and answers with it, well or badly.
struct Answerer: Sendable {
    let configuration: PriceListServer.Configuration
    let library: SampleLibrary
    let plan: MisbehaviourPlan
    private let compressed = CompressedBodies()

    init(configuration: PriceListServer.Configuration, library: SampleLibrary, plan: MisbehaviourPlan) {
        self.configuration = configuration
        self.library = library
        self.plan = plan
    }

    func answer(_ request: Request) async throws -> Response {
        let kinds = plan.take(request.uri.string)
        guard request.method == .get else { return response(.refusal(405, "only GET is served")) }
        if case .status(let status, let retryAfter)? = kinds.first(where: \.isStatus) {
            var refusal = Answer.refusal(status, "told to answer \(status)", "UNAVAILABLE")
            if let retryAfter { refusal.headers.append(.init("retry-after", retryAfter)) }
            return response(refusal)
        }
        if kinds.contains(.html) {
            let page = Array("<!DOCTYPE html><html><title>Sign in to the network</title></html>".utf8)
            return response(Answer(status: 200, headers: [.init("content-type", "text/html")], body: page))
        }
        switch content(request, kinds) {
        case .failure(let refusal): return response(refusal)
        case .success(let content): return response(spoil(negotiation(request, kinds).answer(content), kinds))
        }
    }

    private func content(_ request: Request, _ kinds: [Misbehaviour.Kind]) -> Result<Content, Answer> {
        let path = request.uri.path.removingPercentEncoding ?? request.uri.path
        let query = queryParameters(request.uri.query)
        if path == AzurePages.path {
            let host = request.head.authority ?? "127.0.0.1"
            let pages = AzurePages(list: library.azure, pageSize: configuration.azurePageSize, kinds: kinds)
            return pages.page(query, root: "http://\(host)")
        }
        if path.bytes.hasStart("/v1/services") {
            if let refusal = keyRefusal(request) { return .failure(refusal) }
            let pages = GooglePages(
                services: library.googleServices, maximum: configuration.googlePageSize, kinds: kinds)
            return pages.page(path, query)
        }
        guard let file = library.awsFile(path) else {
            return .failure(.refusal(404, library.absence(ofAWSFile: path), "NOT_FOUND"))
        }
        return .success(file)
    }

    private func keyRefusal(_ request: Request) -> Answer? {
        guard let key = configuration.googleKey else { return nil }
        let header = HTTPField.Name("x-goog-api-key").flatMap { request.headers[$0] }
        switch header ?? queryParameters(request.uri.query)["key"] {
        case key?: return nil
        case nil: return .refusal(403, "The request is missing a valid API key.", "PERMISSION_DENIED")
        default: return .refusal(400, "API key not valid. Please pass a valid API key.")
        }
    }

    private func negotiation(_ request: Request, _ kinds: [Misbehaviour.Kind]) -> ContentNegotiation {
        let accepts = request.headers[.acceptEncoding]?.lowercased() ?? ""
        return ContentNegotiation(
            acceptsGzip: accepts.bytes.holds("gzip") && !kinds.contains(.plainAsGzip),
            ifNoneMatch: request.headers[.ifNoneMatch],
            range: kinds.contains(.noRanges) ? nil : request.headers[.range],
            ifRange: request.headers[.ifRange],
            version: kinds.contains(.changing) ? plan.nextVersion() : nil, compressed: compressed)
    }

    /// Does to a reply what the plan says.
    private func spoil(_ answer: Answer, _ kinds: [Misbehaviour.Kind]) -> Answer {
        var answer = answer
        for kind in kinds {
            switch kind {
            case .cut(let count):
                answer.announcedLength = answer.body.count
                answer.body = Array(answer.body.prefix(min(count, max(answer.body.count - 1, 0))))
            case .truncated(let count): answer.body = Array(answer.body.prefix(count))
            case .plainAsGzip: answer.headers.append(.init("content-encoding", "gzip"))
            case .damagedGzip:
                let middle = answer.body.count / 2
                for index in middle..<min(middle + 8, answer.body.count) { answer.body[index] ^= 0x5A }
            case .slow(let piece, let pause): answer.pace = (piece, pause)
            default: break
            }
        }
        return answer
    }

    private func response(_ answer: Answer) -> Response {
        var headers = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers[name] = header.value
        }
        let body = ByteBuffer(bytes: answer.body)
        guard answer.announcedLength != nil || answer.pace != nil else {
            return Response(status: .init(code: answer.status), headers: headers, body: ResponseBody(byteBuffer: body))
        }
        let paced = ResponseBody(contentLength: answer.announcedLength ?? answer.body.count) { writer in
            var rest = body
            while rest.readableBytes > 0 {
                guard let piece = rest.readSlice(length: min(answer.pace?.piece ?? 65536, rest.readableBytes)) else {
                    break
                }
                try await writer.write(piece)
                if let pace = answer.pace { try await Task.sleep(for: pace.pause) }
            }
            // Ending without the announced bytes closes the connection: that is the cut.
            if answer.announcedLength != nil { throw CutOff() }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: answer.status), headers: headers, body: paced)
    }

    private struct CutOff: Error {}
}

extension Misbehaviour.Kind {
    fileprivate var isStatus: Bool {
        if case .status = self { return true }
        return false
    }
}

/// The parameters of a query, percent signs and pluses undone; of two with one name the last counts.
func queryParameters(_ query: String?) -> [String: String] {
    (query ?? "").bytes.parts(at: "&").filter { !$0.isEmpty }.reduce(into: [:]) { parameters, pair in
        let (name, value) = pair.cut(at: "=") ?? (pair, "")
        parameters[decoded(name)] = decoded(value)
    }
}

private func decoded(_ text: ByteText) -> String {
    let spaced = text.replaced("+", with: " ")
    return spaced.removingPercentEncoding ?? spaced
}
