# zsh -f complete.zsh DIRECTORY LINE: what zsh completes at the end of the line, one word a line, with the completions in the directory.
# A shell of its own runs behind a pseudo-terminal; it sources this file, and there compadd says what it is given.

if [[ $1 == inside ]]; then
    PROMPT=
    stty -echo -onlcr
    fpath=($2 $fpath)
    # The dump spares every shell but the first a search of all completions there are.
    autoload -Uz compinit && compinit -u -d "$XDG_CACHE_HOME/zcompdump"
    compadd() {
        local -a hits
        # Calls that only ask (-O, -A, -D) are the completion system's own.
        if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
            builtin compadd -O hits "$@"
            ((!$#hits)) || print -lr -- word:$^hits
        fi
        builtin compadd "$@"
    }
    finish() { print end:; exit }
    comppostfuncs=(finish)
    bindkey '^I' complete-word
    print ready:
    return
fi

zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source ${(q)0} inside ${(q)1}"
while zpty -r shell line && [[ $line != *ready:* ]]; do :; done
zpty -n -w shell "$2"$'\t'
while zpty -r shell line && [[ $line != *end:* ]]; do
    [[ $line == *word:* ]] && words+=(${${line##*word:}//[[:cntrl:]]})
done
print -l -- ${(u)words}
