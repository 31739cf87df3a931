import PricePipeline
import SennitCommands

await SennitProgram.main(pipelines: [PricesPipeline.declaration])
