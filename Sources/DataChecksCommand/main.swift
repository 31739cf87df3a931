import ArgumentParser
import DataChecksCommands

CheckCommand.main()
