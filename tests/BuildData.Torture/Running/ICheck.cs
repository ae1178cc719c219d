namespace BuildData.Torture.Running;

/// <summary>An attack on the library that compares the result with what was promised.</summary>
internal interface ICheck
{
    /// <summary>Gets the name of its command.</summary>
    string Name { get; }

    /// <summary>Gets a sentence that says what it does, and what one round is.</summary>
    string Description { get; }

    /// <summary>Runs rounds until the run says that there are enough.</summary>
    /// <exception cref="ViolationException">A promise does not hold.</exception>
    Task Run(CheckRun run);
}
