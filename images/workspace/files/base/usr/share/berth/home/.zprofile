# Read by login shells. Yours to change: an update of the image leaves a changed file alone.
emulate sh -c '. /etc/profile.d/berth.sh'
