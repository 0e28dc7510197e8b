import { parseObservations, verifiedObservations } from '../../../node/records/observation.ts';
import { checkVectors } from '../opinions/check.ts';
import { files } from './make.ts';

checkVectors(new URL('./', import.meta.url), files(), parseObservations, verifiedObservations);
