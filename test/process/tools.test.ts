import { play } from "./case.js";
import { toolCases } from "./tool-cases.js";

play(toolCases);
