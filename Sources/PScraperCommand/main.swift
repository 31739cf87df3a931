import PriceCommands

await PriceProgram.main()
