"""cnnlab: the core of a visual playground for convolutional neural networks.

Plain Python: nothing in here knows of the pages. The way through it is

    Experiment -> engine -> training -> events -> RunStore -> network (look inside, draw)

and its modules are about

    the digits          mnist, data_set, augmentation, digits, paper, whole_number, handwriting, strokes, pictures,
                        noise, distortions
    the network         architecture, limits, repairs, diagram, operations, network, gradients
    an experiment       experiment, presets, source_code, starter
    training            models, calibration, training, engine, cluster, local_cluster, events, messages
    what came of it     runs, run_files, run_records, run_archive, evaluation, answers, comparison,
                        report, report_pictures, stages
    many runs           studies, sweep, trials, outcomes
    the doctor          diagnosis, curves, curve_checks, health, findings, remedies
    looking inside      tracing, contributions, distribution, filters, scores, attribution, visualisation, adversarial,
                        excitation, embedding, neighbours
    the lessons         kernels, descent, small_problems, recorded_runs
"""

__version__ = "0.1.0"
