extension UnitTable {
    /// Every unit of the AWS price lists that is known.
    ///
    /// AWS's services spell the same unit in many ways, so a difference in case alone is no difference. Most price a
    /// single hour, request or gigabyte. A number before a known unit is its block, as in `1K tokens`. A stretch of
    /// time behind a known unit makes it that unit for the time, as in `Endpoint-Hrs`.
    public static let aws = UnitTable(awsSpellings, ignoringCase: true) { published in
        if let block = UnitBlock(published) {
            guard !block.rest.isEmpty else { return NormalisedUnit("Units", block: block.count) }
            return awsSingles.meaning(of: block.rest).flatMap { $0.times(block.count) }
        }
        return awsTimed(published)
    }

    /// The spellings alone, and those with a stretch of time.
    private static let awsSingles = UnitTable(awsSpellings, ignoringCase: true) { awsTimed($0) }

    private static let awsThings = UnitTable(awsSpellings, ignoringCase: true)

    /// `Endpoint-Hrs` as `Endpoint Hours`, `Endpoint-Mo` as `Endpoints/Month`.
    private static func awsTimed(_ published: String) -> NormalisedUnit? {
        guard let dash = published.utf8.lastIndex(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") }),
            let time = UnitTime(word: String(published[published.utf8.index(after: dash)...]))
        else { return nil }
        let thing = String(published[..<dash])
        guard let unit = awsThings.meaning(of: thing), unit.dimension.time == nil else { return nil }
        let word = time.rawValue.prefix(1).uppercased() + time.rawValue.dropFirst()
        return switch time {
        case .second, .minute, .hour: NormalisedUnit("\(thing) \(word)s", block: unit.block)
        case .day, .week, .month, .year: NormalisedUnit("\(unit.name)/\(word)", block: unit.block)
        }
    }

    private static let awsSpellings: [(published: String, unit: NormalisedUnit)] =
        awsUnits.split(separator: "\n").flatMap { line -> [(published: String, unit: NormalisedUnit)] in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count == 2 else { return [] }
            let unit = NormalisedUnit(String(fields[0]))
            return fields[1].split(separator: ",").map { (published: String($0), unit: unit) }
        }
}

/// The normalised unit, then the spellings met in price lists and in the savings plans' own list of units.
private let awsUnits = """
    Ads|Ad,Ads
    Annotations|Annotation,Annotations
    Artifacts|Artifact,Artifacts
    Audits|Audit,Audits
    Bytes|Byte,Bytes
    Builds|Build,Builds
    Campaigns|Campaign,Campaigns
    Channels|Channel,Channels
    Contacts|Contact,Contacts
    Conversations|Conversation,Conversations
    Credits|Credit,Credits
    Entities|Entity,Entities
    Files|File,Files
    Flows|Flow,Flows
    Frames|Frame,Frames
    Gbps|Gbps
    IP Addresses|IP,IPs,IP Address,IP Addresses
    Impressions|Impression,Impressions
    Inferences|Inference,Inferences
    Input Tokens|Input Token,Input Tokens
    Instances|Instance,Instances
    Licenses|License,Licenses
    Log Events|Log Event,Log Events
    Mbps|Mbps
    Milliseconds|ms,Millisecond,Milliseconds
    Nodes|Node,Nodes
    Output Tokens|Output Token,Output Tokens
    PB|PB,Petabyte,Petabytes
    Participants|Participant,Participants
    Pipelines|Pipeline,Pipelines
    Policies|Policy,Policies
    Ports|Port,Ports
    Predictions|Prediction,Predictions
    Profiles|Profile,Profiles
    Projects|Project,Projects
    Reads|Read,Reads
    Reports|Report,Reports
    Rows|Row,Rows
    Samples|Sample,Samples
    Segments|Segment,Segments
    Services|Service,Services
    Signatures|Signature,Signatures
    Sites|Site,Sites
    Slots|Slot,Slots
    Steps|Step,Steps
    Subscriptions|Subscription,Subscriptions
    Tables|Table,Tables
    Tags|Tag,Tags
    Tasks|Task,Tasks
    Text Units|TextUnit,TextUnits,Text Unit,Text Units
    TiB|TiB,Tebibyte,Tebibytes
    Tokens|Token,Tokens
    Topics|Topic,Topics
    Videos|Video,Videos
    Views|View,Views
    Volumes|Volume,Volumes
    Words|Word,Words
    Workers|Worker,Workers
    Workflows|Workflow,Workflows
    Workspaces|Workspace,Workspaces
    Writes|Write,Writes
    vCPU|vCPU,vCPUs
    ACU Hours|ACU-Hr,ACU-Hrs,ACU-hour,ACU-hours
    ACU/Month|ACU-Mo,ACU-Month,ACU-Months
    Actions|Action,Actions
    Agents|Agent,Agents
    Alarms|Alarm,Alarms
    Assessments|Assessment,Assessments
    Attachment Hours|Attachment-Hrs
    Authentications|Authentication,Authentications
    Buckets/Month|Bucket-Mo
    CR Hours|CR-Hr,CR-Hrs
    Calls|Call,Calls
    Capacity Unit Hours|CapacityUnit-Hrs,Capacity-Unit-Hrs
    Certificates|Certificate,Certificates
    Characters|Character,Characters
    Checks|Check,Checks
    Connection Minutes|Connection-Minutes,ConnectionMinutes
    Connections|Connection,Connections
    Count|Count,Counts
    DCU Hours|DCU-Hr,DCU-Hrs
    DPU Hours|DPU-Hour,DPU-Hours,DPU-Hr,DPU-Hrs,DPU
    Dashboards|Dashboard,Dashboards
    Data Points|Datapoint,Datapoints,Data Points
    Days|Day,Days
    Devices|Device,Devices
    Documents|Document,Documents
    Domains|Domain,Domains
    ElastiCache Processing Units|ElastiCacheProcessingUnit,ElastiCacheProcessingUnits
    Emails|Email,Emails,E-mails
    Endpoints|Endpoint,Endpoints
    Evaluations|Evaluation,Evaluations,ConfigRuleEvaluations
    Events|Event,Events
    Executions|Execution,Executions
    Faces|Face,Faces
    Findings|Finding,Findings
    GB|GB,Gigabyte,Gigabytes,GigaBytes
    GB Hours|GB-Hour,GB-Hours,GB-Hrs,GB-Hr
    GB Seconds|GB-Second,GB-Seconds,Lambda-GB-Second,Lambda-GB-Seconds,Fargate-GB-Second
    GB/Day|GB-Day,GB-Days
    GB/Month|GB-Mo,GB-Mo.,GB-month,GB-Months,Gigabyte Month,GB Month,GB/month
    GiB|GiB,Gibibyte,Gibibytes
    GiB Hours|GiB-Hour,GiB-Hours,GiB-Hrs
    GiB/Month|GiB-Mo,GiB-month
    GiBps/Month|GiBps-Mo,GiBps-month
    Hours|Hr,Hrs,Hour,Hours,Instance-Hrs,InstanceHour,Node-Hrs,Host-Hrs
    IOPS Hours|IOPS-Hr,IOPS-Hrs
    IOPS/Month|IOPS-Mo,IOPS-month,IOPS-Months
    IOs|IO,IOs,I/O,I/Os
    Images|Image,Images
    Invocations|Invocation,Invocations
    Items|Item,Items,ConfigurationItemRecorded
    Jobs|Job,Jobs
    Keys|Key,Keys
    Keys/Month|Key-Mo,Keys-Mo
    LCU Hours|LCU-Hr,LCU-Hrs,LCU-hour,LCU-hours,LCU
    Lines|Line,Lines
    MB|MB,Megabyte,Megabytes
    MB/Month|MB-Mo
    MBps/Month|MBPS-Mo,MBps-month
    Messages|Message,Messages
    Metrics|Metric,Metrics
    MiBps/Month|MiBps-Mo,MiBps-month
    Minutes|Minute,Minutes,Mins
    Months|Mo,Month,Months
    NCU Hours|NCU-hr,NCU-hrs
    Notifications|Notification,Notifications
    OCU Hours|OCU-hour,OCU-hours,OCU-Hr,OCU-Hrs
    Objects|Object,Objects
    Objects/Month|Objects-Mo,Object-Mo
    Operations|Op,Ops,Operation,Operations
    Pages|Page,Pages
    Queries|Query,Queries
    RPU Hours|RPU-Hr,RPU-Hrs,RPU-Hour
    Read Capacity Unit Hours|ReadCapacityUnit-Hrs,ReadCapacityUnit-Hr
    Read Request Units|ReadRequestUnits,ReadRequestUnit
    Recommendations|Recommendation,Recommendations
    Records|Record,Records
    Replicated Write Capacity Unit Hours|ReplicatedWriteCapacityUnit-Hrs
    Replicated Write Request Units|ReplicatedWriteRequestUnits,ReplicatedWriteRequestUnit
    Requests|Request,Requests,API Request,API Requests,API Call,API Calls,API-Requests,PutRequest,PutRequests
    Resources|Resource,Resources
    Rules|Rule,Rules
    Scans|Scan,Scans
    Seconds|Second,Seconds,Sec,Secs
    Secrets|Secret,Secrets
    Sessions|Session,Sessions
    Shard Hours|ShardHour,ShardHours,Shard-Hour,Shard-Hours,Shard-Hrs
    State Transitions|StateTransition,StateTransitions,State Transitions
    Streams|Stream,Streams
    TB|TB,Terabyte,Terabytes
    TB/Month|TB-Mo,TB-month
    Tags/Month|Tag-Mo,Tags-Mo
    Tests|Test,Tests
    Traces|Trace,Traces
    Transactions|Transaction,Transactions
    Units|Quantity,Unit,Units
    Updates|Update,Updates
    Users|User,Users
    Users/Month|User-Mo,Users-Mo,User-Month,MAU,MAUs
    Write Capacity Unit Hours|WriteCapacityUnit-Hrs,WriteCapacityUnit-Hr
    Write Request Units|WriteRequestUnits,WriteRequestUnit
    Zones/Month|HostedZone,HostedZones,Hosted Zone
    vCPU Hours|vCPU-Hour,vCPU-Hours,vCPU-Hr,vCPU-Hrs
    vCPU Seconds|vCPU-Second,vCPU-Seconds
    vCPU/Month|vCPU-Mo,vCPU-Month,vCPU-Months
    """
