extension RegionTable {
    /// Google Cloud's regions and multi-regions.
    public static let googleCloud = RegionTable(
        googleRegions.split(whereSeparator: \.isWhitespace).joined(separator: "\n"), spellings: ["": "global"])
}

private let googleRegions = """
    global
    africa-south1
    asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
    asia-southeast2 asia-southeast3
    australia-southeast1 australia-southeast2
    europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4
    europe-west5 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12
    me-central1 me-central2 me-west1
    northamerica-northeast1 northamerica-northeast2 northamerica-south1
    southamerica-east1 southamerica-west1
    us-central1 us-central2 us-east1 us-east4 us-east5 us-east7 us-south1 us-west1 us-west2 us-west3 us-west4 us-west8
    us eu asia europe in au
    asia1 eur3 eur4 eur5 eur6 eur7 nam3 nam4 nam5 nam6 nam7 nam8 nam9 nam10 nam11 nam12 nam13 nam14 nam15 nam16
    nam-asia1 nam-eur-asia1 nam-eur-asia3
    """
