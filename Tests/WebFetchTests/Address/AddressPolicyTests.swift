import Testing

@testable import WebFetch

struct AddressPolicyTests {
    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(parsingIPv4: text[...]) ?? IPAddress(parsingIPv6: text[...]))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1",
        "2001:db8::1", "3fff::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "5f00::1",
    ])
    func `an address that is not public is refused`(text: String) throws {
        let address = try address(text)
        #expect(!address.isPublic)
        #expect(!AddressPolicy.publicOnly.allows(.init(address: address, port: 80)))
    }

    @Test(arguments: [
        "1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
        "198.17.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::8", "::ffff:1.1.1.1", "64:ff9b::101:101",
        "2002:101:101::1", "2001:4860:4860::8888",
    ])
    func `a public address is allowed`(text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test func `the loopback policy adds this machine and nothing else`() throws {
        let policy = AddressPolicy.publicAndLoopback
        for text in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "1.1.1.1"] {
            #expect(policy.allows(.init(address: try address(text), port: 80)), "\(text)")
        }
        for text in ["10.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0", "::"] {
            #expect(!policy.allows(.init(address: try address(text), port: 80)), "\(text)")
        }
    }

    @Test func `a policy of the caller's own sees address and port`() throws {
        let policy = AddressPolicy.custom { "\($0)" == "10.0.0.1:8080" }
        #expect(policy.allows(.init(address: try address("10.0.0.1"), port: 8080)))
        #expect(!policy.allows(.init(address: try address("10.0.0.1"), port: 80)))
    }

    @Test(arguments: [
        "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.a", "", "1..2.3", "+1.2.3.4", "1:2:3", ":::", "1::2::3", "12345::",
        "::g", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "::+1",
    ])
    func `a malformed address is none`(text: String) {
        #expect(IPAddress(parsingIPv4: text[...]) == nil)
        #expect(IPAddress(parsingIPv6: text[...]) == nil)
    }

    @Test(
        arguments: zip(
            [
                "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "127.0.1", "0", "0x7F.1",
                "127.0.0.1.",
            ],
            [
                "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "0.0.0.0", "127.0.0.1",
                "127.0.0.1",
            ]))
    func `a number is the address that it spells`(text: String, address: String) {
        #expect(HostNumber.address(text)?.description == address)
    }

    @Test(arguments: ["example.org", "1.2.3.4.5", "256.0.0.1", "0x1ffffffff", "1.2.65536", "08", "1e3", "-1"])
    func `a name is no number`(text: String) {
        #expect(HostNumber.address(text) == nil)
    }
}
