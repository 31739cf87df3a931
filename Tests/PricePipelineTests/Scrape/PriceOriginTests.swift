import CloudPrices
import PricePipeline
import Testing

struct PriceOriginTests {
    private func isSent(to root: String, of provider: CloudProvider = .googleCloud, key: String? = "secret") -> Bool {
        let environment = key.map { [GoogleCloudScraper.keyVariable: $0] } ?? [:]
        return PriceOrigin.key(of: provider, forMirror: root, environment: environment) != nil
    }

    @Test(arguments: [
        "https://mirror.example", "HTTPS://mirror.example:8443/gcp", "http://127.0.0.1:8080", "http://localhost",
        "http://127.3.2.1/", "http://[::1]:8080",
    ])
    func `a mirror is sent the key over https or on this machine`(root: String) {
        #expect(isSent(to: root))
        #expect(!isSent(to: root, of: .azure) && !isSent(to: root, key: nil))
    }

    @Test(arguments: [
        "http://mirror.example", "http://10.0.0.1", "http://127.0.0.1.mirror.example", "http://127.mirror.example",
        "http://localhost.mirror.example", "http://127.0.0.1@mirror.example", "mirror.example", "",
    ])
    func `no other mirror is sent the key`(root: String) { #expect(!isSent(to: root)) }
}
