namespace ImOrleans.Grains.Users;

/// <summary>Which devices of a user may be logged in at a time. Of one device it is always the newest login.</summary>
public enum DevicePolicy
{
    /// <summary>Different devices, whatever they are.</summary>
    All = 0,

    /// <summary>One of each class: a new login of another device of the class ends the older one.</summary>
    OnePerClass = 1,
}
