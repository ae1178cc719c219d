namespace BuildData;

/// <summary>
/// The exception for an error of the store: for example, the disk is full, the file is not a database, or the directory can't be
/// written.
/// </summary>
/// <remarks>
/// The driver's error, if there is one, is the <see cref="Exception.InnerException"/>. An update that fails with this exception has
/// stored nothing, unless <see cref="IsOutcomeUnknown"/> is true.
/// </remarks>
public class StoreException : BuildDataException
{
    /// <summary>Creates the exception. For implementations of stores.</summary>
    /// <param name="message">A message that says what was wrong and what to do.</param>
    /// <param name="inner">The driver's error.</param>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>
    /// Gets whether it is unknown if the update is stored, because the disk or the connection failed during its commit. Read the current
    /// state before you repeat the update.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
