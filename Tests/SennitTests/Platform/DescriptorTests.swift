import Testing

@Suite struct DescriptorTests {
    @Test(arguments: DescriptorScenario.allCases)
    func `leaves descriptors and children as they were`(scenario: DescriptorScenario) throws {
        #expect(try FixtureProcess().ask(.runScenario, scenario.rawValue) == "")
    }
}
