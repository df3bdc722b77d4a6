# fish completion for omenctl(1).
# Market symbols come from the cache that omenctl keeps, names of environments and profiles from its configuration: omenctl is not
# started, and no exchange is asked. tests/unit/docs_test.cpp holds the lines against omenctl's own command tree.

# The flags that take a value, for telling values from arguments.
set -g __omenctl_valued -o --output --fields --color --env --profile --config --timeout --retries --token-file --record --wait --wait-for --since --cursor --append --event --on-gap --snapshot --until --depth --limit --interval \
    --from --to --message --signature --market --client-id --price --size --tif --count --for --idle --from-sequence --data \
    --rest-port --gateway-port --market-data-port --listen --host --seed --volatility --funding-interval --recording --speed \
    --start-after --fault --log --account --permissions --ttl

function __omenctl_words --description 'The words before the cursor that are neither flags nor their values'
    set -l is_value
    for word in (commandline -opc)[2..]
        if set -q is_value[1]
            set -e is_value
        else if string match -q -- '-*' $word
            contains -- $word $__omenctl_valued; and set is_value yes
        else
            echo $word
        end
    end
end

function __omenctl_at --description 'COMMAND...: whether this command is being completed'
    set -l words (__omenctl_words)
    test "$words[1..$(count $argv)]" = "$argv"
end

function __omenctl_argument --description 'N COMMAND...: whether the Nth argument of this command is being completed'
    set -l path $argv[2..]
    set -l words (__omenctl_words)
    test (count $words) -eq (math (count $path) + $argv[1] - 1); or return
    test (count $path) -eq 0; or test "$words[1..$(count $path)]" = "$path"
end

function __omenctl_markets
    set -l cache $HOME/.cache
    set -q XDG_CACHE_HOME[1]; and test -n "$XDG_CACHE_HOME"; and set cache $XDG_CACHE_HOME
    set -l files $cache/omenctl/markets-*.json
    set -q files[1]; and grep -ohsE '"symbol":"[A-Za-z0-9._:/][A-Za-z0-9._:/-]*"' $files | string split -f 4 '"' | sort -u
end

function __omenctl_tables --description 'KIND: the names of the tables [KIND.NAME] of the configuration'
    set -l file $HOME/.config/omenctl/config.toml
    set -q XDG_CONFIG_HOME[1]; and test -n "$XDG_CONFIG_HOME"; and set file $XDG_CONFIG_HOME/omenctl/config.toml
    set -q OMENCTL_CONFIG[1]; and test -n "$OMENCTL_CONFIG"; and set file $OMENCTL_CONFIG
    test -r $file; and string match -rg '^\s*\['$argv[1]'\.([A-Za-z0-9_-]+)\]' <$file
end

function __omenctl_faults --description 'What can be made to go wrong in the sandbox'
    string split ' ' 'close-before close-after swallow-answer duplicate-answer delay-answers garbage-answer cut-answer stall-before stall-after reset-before reset-after internal-before internal-after half-frame-stall late-after-close fin-before fin replay-hole replay-reorder replay-double' \
        'gap drop-delta duplicate-delta reorder-delta gap-storm refuse-subscription end-subscription cut-frame garbage-frame stall disconnect text-frame refuse-connections http expire-token retention restart sequence-reset relink'
end

function __omenctl_behind_dashes
    contains -- -- (commandline -opc)
end

function __omenctl_complete_command --description 'Completes the command behind --'
    set -l words (commandline -opc)
    set -l rest $words[(math (contains -i -- -- $words) + 1)..]
    complete -C "$(string join ' ' -- (string escape -- $rest) (commandline -ct))"
end

complete -c omenctl -f

# With every command.
complete -c omenctl -s h -l help -d 'Print the flags, and exit'
complete -c omenctl -n '__omenctl_argument 1' -l version -d 'Print the version, and exit'
complete -c omenctl -s o -l output -x -a 'table json ndjson csv' -d 'How results are printed'
complete -c omenctl -l raw -d 'Amounts as integers scaled by 1e18'
complete -c omenctl -l fields -x -d 'Only these fields, in this order'
complete -c omenctl -l no-header -d 'No heading line in tables and CSV'
complete -c omenctl -l color -x -a 'auto always never' -d 'When to use colour'
complete -c omenctl -l env -x -a 'local test (__omenctl_tables env)' -d 'The exchange to talk to'
complete -c omenctl -l profile -x -a '(__omenctl_tables profile)' -d 'Of the configuration'
complete -c omenctl -l config -r -F -d 'The configuration file'
complete -c omenctl -l timeout -x -a '1s 10s 1m' -d 'For the whole of a command'
complete -c omenctl -l retries -x -a '0 2 5' -d 'How often a REST read is tried again'
complete -c omenctl -s y -l yes -d 'Do not ask for confirmation'
complete -c omenctl -l token-file -r -F -d 'Read the token from this file'
complete -c omenctl -l token-stdin -d 'Read the token from standard input'
complete -c omenctl -l no-pipeline -d 'Wait for the answer to auth before the first command'
complete -c omenctl -s v -l verbose -d 'Print on stderr what goes over the wire, a line a message'
complete -c omenctl -l trace -d 'The same with the messages themselves'
complete -c omenctl -l record -r -F -d 'Write every WebSocket message, decoded, to this file'
complete -c omenctl -l force -d 'Overwrite what --record or --log names'
complete -c omenctl -l csv-safe -d 'In CSV, put a \' before what a spreadsheet would run'

complete -c omenctl -n '__omenctl_argument 1' -a markets -d 'List markets, or show one'
complete -c omenctl -n '__omenctl_argument 1' -a book -d 'Show an order book'
complete -c omenctl -n '__omenctl_argument 1' -a ticker -d '24-hour statistics'
complete -c omenctl -n '__omenctl_argument 1' -a trades -d 'Latest trades of a market'
complete -c omenctl -n '__omenctl_argument 1' -a candles -d 'Price history of a market'
complete -c omenctl -n '__omenctl_argument 1' -a wallet -d 'Show, link or unlink your wallet'
complete -c omenctl -n '__omenctl_argument 1' -a positions -d 'Open positions of your wallet'
complete -c omenctl -n '__omenctl_argument 1' -a account -d 'Balance and profit or loss'
complete -c omenctl -n '__omenctl_argument 1' -a orders -d 'Open orders, or one order by its client order id'
complete -c omenctl -n '__omenctl_argument 1' -a order -d 'Place an order'
complete -c omenctl -n '__omenctl_argument 1' -a fills -d 'Executions of your orders'
complete -c omenctl -n '__omenctl_argument 1' -a cancel -d 'Cancel orders'
complete -c omenctl -n '__omenctl_argument 1' -a amend -d 'Change the price or size of an order'
complete -c omenctl -n '__omenctl_argument 1' -a close -d 'Flatten positions at market'
complete -c omenctl -n '__omenctl_argument 1' -a batch -d 'Orders, cancels and amends from NDJSON, over one session'
complete -c omenctl -n '__omenctl_argument 1' -a journal -d 'What was sent, and what became of it'
complete -c omenctl -n '__omenctl_argument 1' -a stream -d 'Follow books, trades, prices or your account'
complete -c omenctl -n '__omenctl_argument 1' -a health -d 'Is the exchange up, and how far away'
complete -c omenctl -n '__omenctl_argument 1' -a risk -d 'Bad debt and the insurance fund'
complete -c omenctl -n '__omenctl_argument 1' -a call -d 'Send a raw request'
complete -c omenctl -n '__omenctl_argument 1' -a config -d 'Where the settings come from, and which are in force'
complete -c omenctl -n '__omenctl_argument 1' -a sandbox -d 'Run a complete local exchange'
complete -c omenctl -n '__omenctl_argument 1' -a version -d 'Which omenctl this is'
complete -c omenctl -n '__omenctl_argument 1' -a help -d 'On exit codes'

complete -c omenctl -n '__omenctl_argument 1 markets' -x -a '(__omenctl_markets)'

complete -c omenctl -n '__omenctl_argument 1 book' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_at book' -l depth -x -a all -d 'Levels a side'
complete -c omenctl -n '__omenctl_at book' -l watch -d 'Keep the picture up to date until interrupted'
complete -c omenctl -n '__omenctl_at book' -l verify -d 'Compare the streamed book with REST'

complete -c omenctl -n '__omenctl_at ticker' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_at ticker' -l watch -d 'Keep the picture up to date until interrupted'

complete -c omenctl -n '__omenctl_argument 1 trades' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_at trades' -l limit -x -d 'At most this many'

complete -c omenctl -n '__omenctl_argument 1 candles' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_at candles' -l interval -x -a '1m 5m 15m 1h 4h 1d' -d 'Length of a candle'
complete -c omenctl -n '__omenctl_at candles' -l from -x -d 'The first'
complete -c omenctl -n '__omenctl_at candles' -l to -x -d 'The last'
complete -c omenctl -n '__omenctl_at candles' -l limit -x -d 'At most this many'
complete -c omenctl -n '__omenctl_at candles' -l chart -d 'Draw them'

complete -c omenctl -n '__omenctl_argument 1 wallet' -a show -d 'The linked wallet'
complete -c omenctl -n '__omenctl_argument 1 wallet' -a link -d 'Link a wallet to your account'
complete -c omenctl -n '__omenctl_argument 1 wallet' -a unlink -d 'End the link'
complete -c omenctl -n '__omenctl_at wallet link' -l message -x -d 'What was signed'
complete -c omenctl -n '__omenctl_at wallet link' -l signature -x -d 'The signature of the message'

complete -c omenctl -n '__omenctl_at positions' -l watch -d 'Keep the picture up to date until interrupted'

complete -c omenctl -n '__omenctl_at orders' -l market -x -a '(__omenctl_markets)' -d 'Only orders of this market'
complete -c omenctl -n '__omenctl_at orders' -l client-id -x -d 'The order of this client order id'

complete -c omenctl -n '__omenctl_argument 1 order' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_argument 2 order' -x -a 'buy sell'
complete -c omenctl -n '__omenctl_at order' -l price -x -d 'Limit price'
complete -c omenctl -n '__omenctl_at order' -l at-market -d 'Take the best prices there are'
complete -c omenctl -n '__omenctl_at order' -l tif -x -a 'gtc ioc fok' -d 'Time in force'
complete -c omenctl -n '__omenctl_at order' -l post-only -d 'Refuse rather than take liquidity'
complete -c omenctl -n '__omenctl_at order' -l reduce-only -d 'Only ever shrink a position'
complete -c omenctl -n '__omenctl_at order' -l client-id -x -d 'Your own id for the order'
complete -c omenctl -n '__omenctl_at order' -l dry-run -d 'Check it and print what would be sent; send nothing'

complete -c omenctl -n '__omenctl_at cancel' -l client-id -x -d 'Your own id of the order'
complete -c omenctl -n '__omenctl_at cancel' -l all -d 'Every open order'
complete -c omenctl -n '__omenctl_at cancel' -l market -x -a '(__omenctl_markets)' -d 'Only of this market'

complete -c omenctl -n '__omenctl_at amend' -l client-id -x -d 'Your own id of the order'
complete -c omenctl -n '__omenctl_at amend' -l price -x -d 'The new limit price'
complete -c omenctl -n '__omenctl_at amend' -l size -x -d 'The new total size'

complete -c omenctl -n '__omenctl_argument 1 close' -x -a '(__omenctl_markets)'
complete -c omenctl -n '__omenctl_at close' -l all -d 'Every position'
complete -c omenctl -n '__omenctl_at order' -l wait -x -a 'filled done' -d 'Until an order is filled, or done in any way'
complete -c omenctl -n '__omenctl_at order' -l wait-for -x -a '10s 30s 1m' -d 'How long to wait'
complete -c omenctl -n '__omenctl_at order' -l no-journal -d 'Do not write down what is sent'
complete -c omenctl -n '__omenctl_at order' -l journal-sync -d 'Fsync the journal before sending'
complete -c omenctl -n '__omenctl_at cancel' -l no-journal -d 'Do not write down what is sent'
complete -c omenctl -n '__omenctl_at cancel' -l journal-sync -d 'Fsync the journal before sending'
complete -c omenctl -n '__omenctl_at amend' -l no-journal -d 'Do not write down what is sent'
complete -c omenctl -n '__omenctl_at amend' -l journal-sync -d 'Fsync the journal before sending'
complete -c omenctl -n '__omenctl_at close' -l no-journal -d 'Do not write down what is sent'
complete -c omenctl -n '__omenctl_at close' -l journal-sync -d 'Fsync the journal before sending'

complete -c omenctl -n '__omenctl_at fills' -l since -x -d 'Begin with this drop-copy sequence'
complete -c omenctl -n '__omenctl_at fills' -l market -x -a '(__omenctl_markets)' -d 'Only of this market'
complete -c omenctl -n '__omenctl_at fills' -l funding -d 'Funding payments and written-off debt instead'

complete -c omenctl -n '__omenctl_argument 1 batch' -F
complete -c omenctl -n '__omenctl_at batch' -l fail-fast -d 'Take no further line after the first failure'
complete -c omenctl -n '__omenctl_at batch' -l cancel-on-exit -d 'Cancel in the end what was placed and is still open'
complete -c omenctl -n '__omenctl_at batch' -l no-pacing -d 'Send as fast as lines come'
complete -c omenctl -n '__omenctl_at batch' -l wait -x -a 'filled done' -d 'Until an order is filled, or done in any way'
complete -c omenctl -n '__omenctl_at batch' -l wait-for -x -a '10s 30s 1m' -d 'How long to wait'
complete -c omenctl -n '__omenctl_at batch' -l no-journal -d 'Do not write down what is sent'
complete -c omenctl -n '__omenctl_at batch' -l journal-sync -d 'Fsync the journal before sending'

complete -c omenctl -n '__omenctl_argument 1 journal' -a list -d 'The commands that were sent, and what became of them'
complete -c omenctl -n '__omenctl_argument 1 journal' -a resolve -d 'Find out what became of those without an outcome'
complete -c omenctl -n '__omenctl_at journal list' -l unresolved -d 'Only what has no known outcome'

complete -c omenctl -n '__omenctl_argument 1 stream' -a book -d 'Order books, every delta checked'
complete -c omenctl -n '__omenctl_argument 1 stream' -a trades -d 'Trades as they happen'
complete -c omenctl -n '__omenctl_argument 1 stream' -a funding -d 'Funding rates with mark and index price'
complete -c omenctl -n '__omenctl_argument 1 stream' -a spot -d 'Spot (index) prices'
complete -c omenctl -n '__omenctl_argument 1 stream' -a balance -d 'Your balance, whole, whenever it changes'
complete -c omenctl -n '__omenctl_argument 1 stream' -a positions -d 'Your positions, whole, whenever they change'
complete -c omenctl -n '__omenctl_argument 1 stream' -a pnl -d 'Your profit or loss, whole, whenever it changes'
complete -c omenctl -n '__omenctl_argument 1 stream' -a orders -d 'Your open orders, whole, whenever they change'
complete -c omenctl -n '__omenctl_argument 1 stream' -a drop-copy -d 'Every execution of your wallet, in sequence'
for stream in book trades funding spot
    complete -c omenctl -n "__omenctl_at stream $stream" -x -a '(__omenctl_markets)'
end
complete -c omenctl -n '__omenctl_at stream' -l count -x -d 'End after this many lines'
complete -c omenctl -n '__omenctl_at stream' -l until -x -d 'End after the first line that meets this'
complete -c omenctl -n '__omenctl_at stream' -l no-reconnect -d 'End when the connection is lost'
complete -c omenctl -n '__omenctl_at stream' -l for -x -a '10s 1m 1h' -d 'End after this time'
complete -c omenctl -n '__omenctl_at stream' -l idle -x -a '10s 1m 1h' -d 'End when nothing has come for this long'
complete -c omenctl -n '__omenctl_at stream book' -l full -d 'The whole book after each change'
complete -c omenctl -n '__omenctl_at stream book' -l top -d 'The best bid and ask, when either changes'
complete -c omenctl -n '__omenctl_at stream book' -l depth -x -a all -d 'Levels a side, when any of them changes'
complete -c omenctl -n '__omenctl_at stream book' -l interval -x -a '100ms 1s' -d 'At most one line a market in this time'
complete -c omenctl -n '__omenctl_at stream book' -l on-gap -x -a 'resync fail' -d 'What to do about missing data'
complete -c omenctl -n '__omenctl_at stream book' -l snapshot -x -a 'stream rest' -d 'Where a whole book comes from'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l cursor -r -F -d 'Keep in this file how far it got'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l append -r -F -d 'Write the lines to the end of this file'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l sync -d 'With --append: fsync what was written'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l event -x -a 'accepted filled amended cancelled rejected expired funding write_off' -d 'Only executions of this kind'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l until-caught-up -d 'End when all that has happened so far was written'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l on-gap -x -a 'resync fail' -d 'What to do about missing data'
complete -c omenctl -n '__omenctl_at stream drop-copy' -l from-sequence -x -a 1 -d 'Begin with this sequence'

complete -c omenctl -n '__omenctl_argument 1 risk' -a bad-debt -d 'What liquidations could not cover'

complete -c omenctl -n '__omenctl_argument 1 call' -a rest -d 'Send a request'
complete -c omenctl -n '__omenctl_argument 1 call' -a gateway -d 'Send a command to the trading gateway'
complete -c omenctl -n '__omenctl_argument 1 call' -a market-data -d 'Send a command to the market-data feed'
complete -c omenctl -n '__omenctl_argument 1 call rest' -x -a 'GET POST DELETE'
complete -c omenctl -n '__omenctl_argument 2 call rest' -x -a '/health /readyz /api/v1/markets /api/v1/trades/ /api/v1/candles/ /api/v1/ticker/ /api/v1/orderbook/ /api/v1/wallet /api/v1/wallet/link /api/v1/risk/bad-debt /api/v1/positions/'
complete -c omenctl -n '__omenctl_at call rest' -l data -x -d 'A JSON body'
complete -c omenctl -n '__omenctl_at call market-data' -l count -x -d 'How many events to show'

complete -c omenctl -n '__omenctl_argument 1 config' -a path -d 'Where the configuration file is'
complete -c omenctl -n '__omenctl_argument 1 config' -a show -d 'Every setting in force, and where it comes from'
complete -c omenctl -n '__omenctl_argument 1 config' -a init -d 'Write a configuration file to begin with'
complete -c omenctl -n '__omenctl_at config show' -l check-token -d 'Run token_command, too, and fail if the token is no good'
complete -c omenctl -n '__omenctl_at config init' -l force -d 'Write over a file that is there'

complete -c omenctl -n '__omenctl_argument 1 sandbox' -a token -d 'Mint a token for the sandbox'
complete -c omenctl -n '__omenctl_argument 1 sandbox' -a fault -d 'Let things go wrong in the running sandbox'
complete -c omenctl -n '__omenctl_argument 1 sandbox' -a audit -d 'Whether the running sandbox\'s money and books add up'
complete -c omenctl -n '__omenctl_at sandbox' -l rest-port -x -a 0 -d '0: any free one'
complete -c omenctl -n '__omenctl_at sandbox' -l gateway-port -x -a 0 -d '0: any free one'
complete -c omenctl -n '__omenctl_at sandbox' -l market-data-port -x -a 0 -d '0: any free one'
complete -c omenctl -n '__omenctl_at sandbox' -l listen -x -a '127.0.0.1 ::1 0.0.0.0' -d 'Address to listen on'
complete -c omenctl -n '__omenctl_at sandbox' -l host -x -d 'Another name under which it is reached'
complete -c omenctl -n '__omenctl_at sandbox' -l seed -x -d 'Of the generated market flow'
complete -c omenctl -n '__omenctl_at sandbox' -l volatility -x -d 'Of the generated market flow'
complete -c omenctl -n '__omenctl_at sandbox' -l funding-interval -x -a '10s 1m 1h' -d 'How often funding is paid'
complete -c omenctl -n '__omenctl_at sandbox' -l recording -r -F -d 'Replay this recording'
complete -c omenctl -n '__omenctl_at sandbox' -l speed -x -a '1 10 100 max' -d 'Of the markets'
complete -c omenctl -n '__omenctl_at sandbox' -l loop -d 'Begin the replay again at its end'
complete -c omenctl -n '__omenctl_at sandbox' -l start-after -x -d 'Hold the replay until there are this many book subscriptions'
complete -c omenctl -n '__omenctl_at sandbox' -l no-limits -d 'Take orders and cancels as fast as they come'
complete -c omenctl -n '__omenctl_at sandbox' -l exit-with-stdin -d 'End when standard input closes'
complete -c omenctl -n '__omenctl_at sandbox' -l fault -x -a '(__omenctl_faults)' -d 'Let this go wrong'
complete -c omenctl -n '__omenctl_at sandbox' -l log -r -F -d 'What the exchange saw of every command'
complete -c omenctl -n '__omenctl_at sandbox; and __omenctl_behind_dashes' -a '(__omenctl_complete_command)'
complete -c omenctl -n '__omenctl_at sandbox token' -l account -x -a default -d 'Whose token'
complete -c omenctl -n '__omenctl_at sandbox token' -l permissions -x -a 'read trade withdraw read,trade read,trade,withdraw' -d 'With commas'
complete -c omenctl -n '__omenctl_at sandbox token' -l ttl -x -a '5m 1h 24h' -d 'How long it is valid'

complete -c omenctl -n '__omenctl_argument 1 sandbox fault' -a list -d 'The active faults, and how often they struck'
complete -c omenctl -n '__omenctl_argument 1 sandbox fault' -a clear -d 'Switch faults off'
complete -c omenctl -n '__omenctl_at sandbox fault' -a '(__omenctl_faults)'

complete -c omenctl -n '__omenctl_argument 1 help' -a exit-codes -d 'What each exit code means'
