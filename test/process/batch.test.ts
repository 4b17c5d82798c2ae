import { batchCases } from "./batch-cases.js";
import { play } from "./case.js";

play(batchCases);
