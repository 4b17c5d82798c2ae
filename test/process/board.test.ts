import { boardCases } from "./board-cases.js";
import { play } from "./case.js";

play(boardCases);
