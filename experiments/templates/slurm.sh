#!/bin/bash
# A sweep as an array job: `sbatch --array=1-20 slurm.sh SPEC.yaml DIR` does a twentieth in each
# job. What a job that ended early has left undone, the same command does later; when all have
# ended, `python experiments/sweep.py --collect DIR` makes tables and pictures.
#SBATCH --job-name=sweep
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=12:00:00
#SBATCH --output=sweep-%A-%a.log

set -euo pipefail
spec=$1 out=$2  # DIR on a disk that all machines see

# source venv/bin/activate

# Compiled programs are for one kind of processor, and quicker from a disk of the machine itself.
export LSM_CACHE=${LSM_CACHE:-${TMPDIR:-/tmp}/liquidstate-$USER}

# Job numbers from 1 on, without gaps: --array=1-n. srun passes Slurm's signals on; some versions
# of it don't ask for the job's processors by themselves.
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" python experiments/sweep.py "$spec" --out "$out" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --n-jobs "$SLURM_CPUS_PER_TASK" --retries 1
