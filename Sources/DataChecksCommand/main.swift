import DataChecksCommands

CheckProgram.main()
