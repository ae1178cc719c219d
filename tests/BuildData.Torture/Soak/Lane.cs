using BuildData.Torture.Running;

namespace BuildData.Torture.Soak;

/// <summary>Does something again and again, with pauses, as a part of a program would that runs for years.</summary>
internal abstract class Lane
{
    /// <summary>Gets the name under which its acts are counted.</summary>
    public abstract string Name { get; }

    /// <summary>Gets how long its pauses are, as a multiple of the usual ones.</summary>
    protected virtual double Pauses => 1;

    /// <summary>Does it once.</summary>
    /// <param name="world">Where.</param>
    /// <param name="random">The random numbers of the lane.</param>
    /// <param name="end">Tells that the run ends.</param>
    protected abstract Task Act(SoakWorld world, Random random, CancellationToken end);

    /// <summary>Does it until the run ends.</summary>
    public async Task Run(SoakWorld world, Random random, CancellationToken end)
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                await Act(world, random, end);
                world.Run.Count(Name);
                await world.Pause(random, Pauses, end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (error is not ViolationException)
        {
            throw new ViolationException($"{Name}: nothing is wrong with the store, but there is an exception: {error}");
        }
    }
}
