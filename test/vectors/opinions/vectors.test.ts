import { parseOpinions, verifiedOpinions } from '../../../node/records/opinion.ts';
import { checkVectors } from './check.ts';
import { files } from './make.ts';

checkVectors(new URL('./', import.meta.url), files(), parseOpinions, verifiedOpinions);
