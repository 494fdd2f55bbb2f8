# Debian's /etc/profile sets its own PATH for login shells: this is the image's again.
PATH="$HOME/.local/bin:$HOME/.cargo/bin:$HOME/.bun/bin:$HOME/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export PATH
export EDITOR="${EDITOR:-nano}"
