import SennitCommands

await SennitProgram.main()
