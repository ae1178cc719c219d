using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>Looks for gaps and duplicates in the numbers of builds and steps.</summary>
internal static class Numbers
{
    /// <exception cref="ViolationException">There is one.</exception>
    public static async Task Examine(DataApi data)
    {
        foreach (IGrouping<long, long> builder in (await data.GetAll<Build>("/builds")).GroupBy(build => build.BuilderId, build => build.Number))
        {
            if (!builder.Order().SequenceEqual(Enumerable.Range(1, builder.Count()).Select(number => (long)number)))
                throw new ViolationException($"The builder {builder.Key} has the build numbers {string.Join(", ", builder.Order())}.");
        }

        foreach (IGrouping<long, long> build in (await data.GetAll<Step>("/steps")).GroupBy(step => step.BuildId, step => step.Number))
        {
            if (!build.Order().SequenceEqual(Enumerable.Range(0, build.Count()).Select(number => (long)number)))
                throw new ViolationException($"The build {build.Key} has the step numbers {string.Join(", ", build.Order())}.");
        }
    }
}
