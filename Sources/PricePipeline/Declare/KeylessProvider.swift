import CloudPrices

/// Leaves out the provider whose lists need a key that is not there, so that it does not stop the others.
enum KeylessProvider {
    /// Takes Google Cloud out of the providers if the environment has no key for its catalog.
    ///
    /// - Returns: What to tell about it; nil if nothing was taken out.
    static func removed(from providers: inout [CloudProvider], environment: [String: String]) -> String? {
        guard providers.contains(.googleCloud), (environment[GoogleCloudScraper.keyVariable] ?? "").isEmpty else {
            return nil
        }
        providers.removeAll { $0 == .googleCloud }
        return
            "gcp is left out: its price catalog needs a key, and \(GoogleCloudScraper.keyVariable) is not set. Set it, "
            + "or name gcp in 'providers' of section 'prices' to fail without it."
    }
}
