extension RunMachine {
    // MARK: Decisions

    mutating func decided(_ step: Int, _ decision: Decision) {
        guard steps[step].phase == .deciding else { return }
        active -= 1
        let name = graph.shapes[step].name
        switch decision {
        case .cached(let fingerprint, let artefacts, let rows):
            steps[step].origin = .cache
            record(.stepSkipped(StepSkipped(step: name, fingerprint: fingerprint, artefacts: artefacts, rows: rows)))
            complete(step, artefacts)
        case .run(let fingerprint, let reason):
            guard !isCancelled else {
                steps[step].phase = .waiting
                return
            }
            steps[step].fingerprint = fingerprint
            record(.stepScheduled(StepScheduled(step: name, fingerprint: fingerprint, reason: reason)))
            // It goes on at once: it is the first of those that are ready.
            steps[step].phase = .ready
            ready.append(step)
        case .impossible(let failure):
            fail(step, attempt: 0, failure)
        }
    }

    // MARK: Limits

    mutating func waits(_ step: Int) {
        guard steps[step].phase == .queued, let limit = limits[step] else { return }
        record(
            .stepWaiting(
                StepWaiting(step: graph.shapes[step].name, limit: limit.name, maximum: limit.maximum)))
    }

    mutating func acquired(_ step: Int) {
        guard steps[step].phase == .queued else {
            actions.append(.release(step: step))
            return
        }
        queued -= 1
        steps[step].hasPlace = true
        // Others may be waiting for the place: it goes first.
        steps[step].phase = .ready
        ready.append(step)
    }

    mutating func refused(_ step: Int, _ failure: StepFailureRecord) {
        guard steps[step].phase == .queued else { return }
        queued -= 1
        fail(step, attempt: steps[step].attempts, failure)
    }

    /// The place of its limit is for others again.
    mutating func giveBack(_ step: Int) {
        guard steps[step].hasPlace else { return }
        steps[step].hasPlace = false
        actions.append(.release(step: step))
    }

    // MARK: Attempts

    mutating func ended(_ step: Int, _ attempt: Int, _ end: AttemptEnd) {
        guard steps[step].phase == .running(attempt: attempt) else { return }
        active -= 1
        giveBack(step)
        switch end {
        case .finished(let report, let milliseconds): finished(step, attempt, report, milliseconds)
        case .failed(let failure, let checks):
            record(checks, of: step)
            failed(step, attempt, failure)
        case .damaged(let names): repair(names, for: step)
        case .stopped: steps[step].phase = .interrupted
        }
    }

    private mutating func finished(_ step: Int, _ attempt: Int, _ report: StepReport, _ milliseconds: Int64) {
        let name = graph.shapes[step].name
        for artefact in report.artefacts {
            record(.artefactPublished(ArtefactPublished(step: name, artefact: artefact)))
        }
        record(report.checks, of: step)
        guard let fingerprint = steps[step].fingerprint else { return }
        record(
            .stepFinished(
                StepFinished(
                    step: name, attempt: attempt, fingerprint: fingerprint, artefacts: report.artefacts,
                    milliseconds: milliseconds, rows: report.rows)))
        steps[step].origin = .run
        complete(step, report.artefacts)
    }

    private mutating func complete(_ step: Int, _ artefacts: [ArtefactReference]) {
        markDone(step, artefacts)
        releaseDependents(of: step)
    }

    private mutating func record(_ checks: [CheckReport], of step: Int) {
        for check in checks {
            record(
                .checkEvaluated(
                    CheckEvaluated(
                        step: graph.shapes[step].name, check: check.name, outcome: check.outcome, value: check.value,
                        message: check.message)))
        }
    }

    // MARK: Failures

    private mutating func failed(_ step: Int, _ attempt: Int, _ failure: StepFailureRecord) {
        guard !isCancelled else {
            steps[step].phase = .interrupted
            return
        }
        if failure.kind == .workerDied { steps[step].deaths += 1 }
        if failure.kind == .timedOut, timeouts.indices.contains(step), let limit = timeouts[step] {
            record(
                .stepTimedOut(
                    StepTimedOut(
                        step: graph.shapes[step].name, attempt: attempt, limitMilliseconds: limit.milliseconds)))
        }
        let policy = policies[step]
        guard policy.retries(failure), attempt < policy.maximumAttempts else {
            return fail(step, attempt: attempt, verdict(on: step, failure))
        }
        let pause = policy.delay(afterAttempt: attempt, random: Double.random(in: 0...1, using: &generator))
        let delay = max(pause, .milliseconds(failure.retryDelayMilliseconds ?? 0))
        record(
            .stepRetried(
                StepRetried(
                    step: graph.shapes[step].name, failedAttempt: attempt, failure: failure,
                    delayMilliseconds: delay.milliseconds)))
        steps[step].phase = .pausing
        pausing += 1
        actions.append(.pause(step: step, delay))
    }

    /// A step that has killed several workers is poisoned.
    private func verdict(on step: Int, _ failure: StepFailureRecord) -> StepFailureRecord {
        guard failure.kind == .workerDied, steps[step].deaths > 1 else { return failure }
        var failure = failure
        failure.kind = .poisoned
        failure.message = "It has killed \(steps[step].deaths) workers and is not tried again. \(failure.message)"
        failure.isPermanent = true
        return failure
    }

    mutating func pauseOver(_ step: Int) {
        guard steps[step].phase == .pausing else { return }
        pausing -= 1
        steps[step].phase = .waiting
        enqueueIfReady(step)
    }

    private mutating func fail(_ step: Int, attempt: Int, _ failure: StepFailureRecord) {
        let name = graph.shapes[step].name
        steps[step].phase = .failed
        if firstFailure == nil { firstFailure = "Step '\(name)' failed: \(failure.message)" }
        record(.stepFailed(StepFailed(step: name, attempt: attempt, failure: failure)))
        block(dependentsOf: step)
    }

    private mutating func block(dependentsOf step: Int) {
        var queue = [step]
        while let next = queue.popLast() {
            for dependent in graph.dependents[next] where [.waiting, .ready].contains(steps[dependent].phase) {
                steps[dependent].phase = .blocked
                ready.removeAll { $0 == dependent }
                record(
                    .stepBlocked(
                        StepBlocked(step: graph.shapes[dependent].name, because: graph.shapes[next].name)))
                queue.append(dependent)
            }
        }
    }

    // MARK: Damage

    /// The steps that made the damaged artefacts run again, and then this one does.
    private mutating func repair(_ names: [String], for step: Int) {
        guard !isCancelled else {
            steps[step].phase = .interrupted
            return
        }
        for name in names {
            guard let producer = graph.producers[name] else { continue }
            if [.failed, .blocked].contains(steps[producer].phase) {
                steps[step].phase = .blocked
                return record(
                    .stepBlocked(StepBlocked(step: graph.shapes[step].name, because: graph.shapes[producer].name)))
            }
            // One that is not done is being made again already.
            guard steps[producer].phase == .done, let artefact = steps[producer].artefacts[name] else { continue }
            guard steps[producer].repairs < RunMachine.maximumRepairs else {
                let message =
                    "Its input '\(name)' was damaged again after it had been made anew "
                    + "\(RunMachine.maximumRepairs) times; the disk of the store may be failing."
                return fail(
                    step, attempt: steps[step].attempts,
                    StepFailureRecord(kind: .damagedInput, message: message, isPermanent: true))
            }
            record(
                .artefactDamaged(ArtefactDamaged(producer: graph.shapes[producer].name, artefact: artefact)))
            makeAgain(producer, because: "its output '\(name)' was damaged")
        }
        // Its inputs may be others now, so what is to be done with it is found out anew.
        steps[step].phase = .waiting
        steps[step].fingerprint = nil
        steps[step].attempts = 0
        enqueueIfReady(step)
    }

    private mutating func makeAgain(_ producer: Int, because demand: String) {
        steps[producer].phase = .waiting
        steps[producer].fingerprint = nil
        steps[producer].attempts = 0
        steps[producer].repairs += 1
        steps[producer].demand = demand
        for dependent in graph.dependents[producer] {
            steps[dependent].missing += 1
            if steps[dependent].phase == .queued {
                queued -= 1
                steps[dependent].phase = .waiting
                actions.append(.release(step: dependent))
            }
            guard steps[dependent].phase == .ready else { continue }
            giveBack(dependent)
            steps[dependent].phase = .waiting
            ready.removeAll { $0 == dependent }
        }
        enqueueIfReady(producer)
    }
}
