import CloudPrices
import Testing

struct UnitTableTests {
    @Test func `Microsoft's mapping is complete`() {
        #expect(UnitTable.azure.publishedUnits.count == 383)
        for published in UnitTable.azure.publishedUnits {
            #expect(UnitTable.azure.meaning(of: published) != nil, "\(published)")
        }
    }

    @Test(
        arguments: [
            ("10K Transactions", NormalisedUnit("Transactions", block: 10000)),
            ("100 GB Seconds", NormalisedUnit("GB Seconds", block: 100)),
            ("1 ", NormalisedUnit("Units")), ("1", NormalisedUnit("Units")),
            ("100000000000 ", NormalisedUnit("Units", block: 100_000_000_000)),
            ("1/10 Days", NormalisedUnit("Units/10 Days")), ("1 小时", NormalisedUnit("Hours")),
            ("1\u{A0}GB/mes", NormalisedUnit("GB/Month")),
            ("1 hora", NormalisedUnit("Hours")), ("1 Hour", NormalisedUnit("Hours")),
            ("744 Connections", NormalisedUnit("Connections", block: 744)),
        ]
    )
    func `Azure's units`(published: String, unit: NormalisedUnit?) {
        #expect(UnitTable.azure.meaning(of: published) == unit)
    }

    @Test(arguments: ["", " 1", "1  ", "1 hour ", "1 HOUR", "10 Parsecs", "10K Transactions/Parsec", "Hrs"])
    func `what Azure has not published is unknown`(published: String) {
        #expect(UnitTable.azure.meaning(of: published) == nil)
    }

    @Test(
        arguments: [
            ("Hrs", "Hours"), ("hours", "Hours"), ("GB-Mo", "GB/Month"), ("GB-month", "GB/Month"),
            ("Requests", "Requests"), ("Request", "Requests"), ("API Calls", "Requests"), ("Quantity", "Units"),
            ("LCU-Hrs", "LCU Hours"), ("Lambda-GB-Second", "GB Seconds"), ("GiBps-mo", "GiBps/Month"),
            ("vCPU-Months", "vCPU/Month"), ("seconds", "Seconds"), ("IOs", "IOs"), ("MiBps-Mo", "MiBps/Month"),
            ("GB-Hours", "GB Hours"), ("ACU-Hr", "ACU Hours"), ("CR-Hr", "CR Hours"), ("Tag-Mo", "Tags/Month"),
            ("Objects", "Objects"), ("IOPS-Mo", "IOPS/Month"), ("GB", "GB"), ("vCPU-Hours", "vCPU Hours"),
        ]
    )
    func `every unit of AWS's samples`(published: String, name: String) {
        #expect(UnitTable.aws.meaning(of: published) == NormalisedUnit(name))
    }

    /// The list in the definition of AWS's own savings plans service.
    @Test(
        arguments: [
            "Hrs", "Lambda-GB-Second", "Request", "ACU-Hr", "ReadRequestUnits", "WriteRequestUnits",
            "ReadCapacityUnit-Hrs", "WriteCapacityUnit-Hrs", "ReplicatedWriteRequestUnits",
            "ReplicatedWriteCapacityUnit-Hrs", "GB-Hours", "DPU", "ElastiCacheProcessingUnit", "DCU-Hr", "NCU-hr",
            "OCU-hours", "Jobs",
        ]
    )
    func `every unit of savings plans`(published: String) {
        #expect(UnitTable.aws.meaning(of: published) != nil)
    }

    @Test func `AWS's spellings are unique`() {
        let spellings = UnitTable.aws.publishedUnits
        #expect(spellings.count > 200)
        for spelling in spellings {
            #expect(UnitTable.aws.meaning(of: spelling.uppercased()) == UnitTable.aws.meaning(of: spelling))
        }
        #expect(UnitTable.aws.meaning(of: "Furlongs") == nil)
        #expect(UnitTable.aws.meaning(of: "") == nil)
    }

    @Test func `a spelling of two meanings means neither in another case`() {
        let table = UnitTable(
            [("Gb", NormalisedUnit("Gigabits")), ("GB", NormalisedUnit("GB"))], ignoringCase: true)
        #expect(table.meaning(of: "Gb") == NormalisedUnit("Gigabits"))
        #expect(table.meaning(of: "GB") == NormalisedUnit("GB"))
        #expect(table.meaning(of: "gb") == nil)
    }

    @Test func `a unit can be added`() {
        let table = UnitTable.azure.adding(["10 Parsecs": NormalisedUnit("Parsecs", block: 10)])
        #expect(table.meaning(of: "10 Parsecs") == NormalisedUnit("Parsecs", block: 10))
        #expect(table.meaning(of: "1 Hour") == NormalisedUnit("Hours"))
    }
}
