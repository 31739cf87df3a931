extension UnitTable {
    /// Every unit of the AWS price lists that is known, each for one: AWS prices the single hour, request or gigabyte.
    ///
    /// AWS's services spell the same unit in many ways, so a difference in case alone is no difference.
    public static let aws = UnitTable(
        awsUnits.split(separator: "\n").flatMap { line -> [(String, NormalisedUnit)] in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count == 2 else { return [] }
            let unit = NormalisedUnit(String(fields[0]))
            return fields[1].split(separator: ",").map { (String($0), unit) }
        },
        ignoringCase: true
    )
}

/// The normalised unit, then the spellings met in price lists and in the savings plans' own list of units.
private let awsUnits = """
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
