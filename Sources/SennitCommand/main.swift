import EphemeralPostgres
import PricePipeline
import SennitCommands

PostgresServer.forgetForeignVariables()
await SennitProgram.main(pipelines: [PricesPipeline.declaration])
