// verbs-never-reach-framework
import '../http/envelope.js';
