# Read by interactive shells. Yours to change: an update of the image leaves a changed file alone.
HISTFILE="$HOME/.zsh_history"
HISTSIZE=10000
SAVEHIST=20000
setopt append_history hist_ignore_dups hist_ignore_space

mkdir -p "$HOME/.cache"
autoload -Uz compinit && compinit -d "$HOME/.cache/zcompdump"
PROMPT='%F{green}%n@%m%f:%F{blue}%~%f%# '
alias ls='ls --color=auto' ll='ls -alF' grep='grep --color=auto'
