namespace BuildData.Torture.Fuzzing.Running;

/// <summary>
/// Runs the seeds and the corpus of a target, and then changed inputs. With a coverage map, an input that reaches new code joins the inputs that are
/// changed next.
/// </summary>
internal sealed class FuzzLoop(string name, IFuzzTarget target, Random random, InputRunner runner, CoverageMap? coverage)
{
    private readonly Mutator _mutator = new(random, target.Words);
    private readonly List<byte[]> _inputs = [];

    /// <summary>Gets how many inputs were run.</summary>
    public long Executions { get; private set; }

    /// <summary>Gets how many inputs have reached new code.</summary>
    public int Paths => _inputs.Count;

    /// <summary>Runs the known inputs: the seeds and the corpus.</summary>
    public async Task RunKnown()
    {
        foreach (byte[] input in Corpus.Read(name).Concat(target.Seeds))
        {
            if (runner.IsStuck)
                return;
            await Run(input, keep: coverage is null);
            if (coverage is null)
                await runner.Run(input, thoroughly: true);
        }
    }

    /// <summary>Runs changed inputs.</summary>
    /// <param name="goOn">Returns whether to run another one.</param>
    public async Task RunChanged(Func<bool> goOn)
    {
        while (goOn() && !runner.IsStuck)
            await Run(_mutator.Mutate(Choose(), _inputs[random.Next(_inputs.Count)]), keep: false);
    }

    /// <summary>Returns few short inputs that together run all code that was reached.</summary>
    public async Task<IReadOnlyList<byte[]>> Reduce()
    {
        var kept = new List<byte[]>();
        var edges = new HashSet<int>();
        foreach (byte[] input in _inputs.OrderBy(input => input.Length))
        {
            HashSet<int> added = await EdgesOf(input);
            added.ExceptWith(edges);
            if (added.Count == 0 || runner.IsStuck)
                continue;
            byte[] shorter = await Shorten(input, added);
            edges.UnionWith(await EdgesOf(shorter));
            edges.UnionWith(added);
            kept.Add(shorter);
        }

        return kept;
    }

    /// <summary>Removes parts of an input while it still runs some code.</summary>
    private async Task<byte[]> Shorten(byte[] input, HashSet<int> edges)
    {
        for (int size = Math.Max(input.Length / 2, 1); ; size /= 2)
        {
            for (int at = 0; at < input.Length && !runner.IsStuck;)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(at + size, input.Length))];
                if ((await EdgesOf(shorter)).IsSupersetOf(edges))
                    input = shorter;
                else
                    at += size;
            }

            if (size <= 1 || size <= input.Length / 64)
                return input;
        }
    }

    private async Task<HashSet<int>> EdgesOf(byte[] input)
    {
        coverage!.Clear();
        await runner.Run(input);
        return coverage.CurrentEdges();
    }

    // New inputs lead to more new ones than old ones do.
    private byte[] Choose() => _inputs[random.Next(3) == 0 ? random.Next(_inputs.Count) : _inputs.Count - 1 - (int)(_inputs.Count * Math.Pow(random.NextDouble(), 3))];

    private async Task Run(byte[] input, bool keep)
    {
        coverage?.Clear();
        await runner.Run(input);
        Executions++;
        if (keep || await IsNew(input))
            _inputs.Add(input);
    }

    private async Task<bool> IsNew(byte[] input)
    {
        if (coverage is null || !coverage.HasNew())
            return false;
        coverage.Clear();
        await runner.Run(input);
        if (!coverage.Confirm())
            return false;
        await runner.Run(input, thoroughly: true);
        return true;
    }
}
